"""Retention: removes sweeps for good, with all that came of them.

- `retention`: removes old sweeps, under the locks
- `plan`: which sweeps may go, and why the others stay
- `retirement`: removes the sweeps that have read a forgotten row, in the same way
- `retirement_plan`: which sweeps those are, and which of them stay all the same
- `inventory`: what there is of a model
- `soft_delete`: moves a sweep's runs and logged models into MLflow's trash
- `mlflow_database`: the rows behind MLflow, removed for good
- `settings`: what is kept, and by which identity the rest is removed
"""
