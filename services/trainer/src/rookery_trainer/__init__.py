"""Trains a model, and decides which of its versions is the champion.

Rooms, from top to bottom; each imports only those below it:

- `commands`: sweep, rollback, retirement, retention and drop-snapshots, put together from settings
  and servers
- `sweep/`: a sweep from its request to its end; begin at `sweep/sweep`
- `retention/`: the removal of sweeps: old ones, and those that have read a forgotten row
- `promotion/`: who is champion, by the ledger; aliases and tags follow it
- `gate/`: decides whether a challenger becomes the champion
- `tracking/`: MLflow: runs, artifacts, versions
- `bundle/`: a fitted pipeline as an ONNX model that answers as it does
- `model/`: one configuration as a scikit-learn model, and its scores
- `data/`: the rows of a sweep, divided into training rows and hold-out
- `store/`: the rows of a batch, as Parquet in the object store
- `locks/`: PostgreSQL advisory locks
- `stored_objects`: objects of an object store
- `slot`: the slot of a sweep that an installation starts
- `settings`: what the environment says of a command
- `share`: the part of a sweep that one of several pods does
- `failpoints`: where tests may end the process
- `heartbeat`: how long work says how far it is
- `freed_memory`: memory that goes back to the system at once
- `scratch`: folders that are gone when their process is
- `estimators`: the estimators that a spec may name
- `boosting/`: boosted trees: fitted with early stopping, and read for the export
"""
