"""Retention: removes old sweeps for good, with all that came of them.

- `retention`: removes what the plan says, under the locks
- `plan`: which sweeps may go, and why the others stay
- `soft_delete`: moves a sweep's runs and logged models into MLflow's trash
- `mlflow_database`: the rows behind MLflow, removed for good
- `settings`: what is kept, and by which identity the rest is removed
"""
