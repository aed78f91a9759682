"""Tabular data to a served champion model, from Python: the embedded stack behind two functions.

    import rookery

    model = rookery.run(frame, target="churn")
    model.predict(frame)

- `runs`: from a table to a served model
- `served_model`: a model that is served: its answers for a frame, its address, its version
- `frames`: a frame as a file for ingest, and as requests for the API
"""

from rookery.runs import NotPromoted, load, run
from rookery.served_model import ServedModel
from rookery_core.errors import Refused, RookeryError, Unavailable

__all__ = [
    "NotPromoted",
    "Refused",
    "RookeryError",
    "ServedModel",
    "Unavailable",
    "load",
    "run",
]
