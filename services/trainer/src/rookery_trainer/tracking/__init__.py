"""MLflow: runs, logged models, artifacts, and the registered model with its versions.

- `client`: connects, and repeats requests while the server is away
- `sweep_runs`: the runs of one sweep as values: parent, children, what the sweep is bound to
- `runs`: opens, writes and ends runs
- `run_metrics`: scores as the metrics of a run, and back
- `versions`: model versions as values
- `model_registry`: versions, aliases and tags of a registered model
- `logged_models`: a trial's scikit-learn model, which any MLflow client loads
- `artifacts`: files of runs, bundles among them
- `artifact_address`: refuses artifacts that the tracking server does not pass on
- `value_report`: the part of a report that is of values
- `sweep_report`: the pictures and tables of a sweep
"""
