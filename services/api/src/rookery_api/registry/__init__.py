"""The champions that this process serves, kept at what the MLflow registry says.

- `poll`: asks the registry for the champions every few seconds; begin here
- `load`: fetches a new champion, verifies it and lets it serve
- `load_tasks`: the loads under way
- `failures`: counts and logs what fails in a poll or a load
- `tracking_client`: MLflow's REST API: aliases, versions, bundles
- `cache`: the bundles on disk, for a start without the registry
- `backoff`: when to ask again after a failure
- `history`: the versions of a model, as cards
- `served_models`: every model with what is served of it
- `served_model`: one model: its champion, and what the registry said last
- `champion`: a verified version that answers rows
- `spec_folder`: the specs, read again when one changes
"""
