"""A champion: a verified model version that answers rows."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property

from rookery_core.contract import Contract
from rookery_core.manifest import Manifest
from rookery_runtime.bundle import Bundle
from rookery_runtime.loaded_model import LoadedModel, load_model
from rookery_runtime.prediction.input_columns import Columns, Row
from rookery_runtime.prediction.rows import RowValidator
from rookery_runtime.reading.child import Reading


@dataclass(frozen=True)
class Champion:
    """Answers like its golden predictions: `load_champion` has seen to it."""

    version: str
    run_id: str
    manifest_sha256: str
    loaded_at: str
    """UTC, ISO 8601."""
    rows: RowValidator
    """Of `/predict`: closed."""
    records: RowValidator
    """Of `/invocations`: columns the model does not know are left out, as MLflow does."""
    model: LoadedModel

    @cached_property
    def manifest(self) -> Manifest:
        """What is true of the model."""
        return self.model.manifest

    @cached_property
    def contract(self) -> Contract:
        """What a request holds and what an answer may say."""
        return self.model.contract

    @property
    def steps_per_row(self) -> float:
        """What one row takes, at most."""
        return self.model.steps_per_row

    def columns(self, rows: Sequence[Row]) -> Columns:
        """Answers the model's inputs for `rows`."""
        return self.model.columns(rows)

    def joined(self, columns: Columns) -> Columns:
        """Answers the model's inputs of a column [N, 1] for each of the model's."""
        return self.model.joined(columns)


def load_champion(bundle: Bundle, reading: Reading, version: str, run_id: str) -> Champion:
    """Loads a champion, verified and warm, from a bundle that a child has read.

    Raises:
        Refused: where memory does not suffice for it, or it answers a golden row otherwise.
    """
    return Champion(
        version=version,
        run_id=run_id,
        manifest_sha256=bundle.manifest_sha256,
        loaded_at=datetime.now(UTC).isoformat(timespec="milliseconds"),
        rows=RowValidator(bundle.manifest.contract),
        records=RowValidator(bundle.manifest.contract, extra_fields=True),
        model=load_model(bundle.manifest, reading),
    )
