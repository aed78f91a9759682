"""The runs of a sweep as values: its parent with the sweep's inputs, and its trials' runs."""

import hashlib
from collections.abc import Container, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from mlflow.entities import Run

from rookery_core.registry_names import (
    TAG_DATA_DIGEST,
    TAG_ORDINAL,
    TAG_SPEC_DIGEST,
    TAG_SWEEP,
    TAG_TRIAL,
)

TAG_DRAW = "rookery.draw"
"""Which draw of the search space a trial is; a replacement's is not its index."""
TAG_WATERMARK = "rookery.watermark"
TAG_CONTENT_DIGEST = "rookery.content_digest"
"""The digest of the rows the sweep sees, hold-out included."""
TAG_REPLACED_BY = "rookery.replaced_by"
"""The sweep that takes the place of one whose rows were forgotten."""
TAG_REASON = "rookery.reason"
"""Why a run failed, or why it was ended from outside."""
TAG_NOT_EXPORTED = "rookery.not_exported"
"""Why the model of a finished trial can't be served; the next best trial takes its place."""

FINISHED, FAILED, KILLED, RUNNING = "FINISHED", "FAILED", "KILLED", "RUNNING"
ENDED = frozenset({FINISHED, FAILED, KILLED})
TRIED = frozenset({FINISHED, FAILED})


@dataclass(frozen=True)
class SweepInputs:
    """What a sweep is bound to from its first moment, whoever continues it."""

    sweep_id: str
    ordinal: int
    watermark: int
    data_digest: str
    content_digest: str
    spec_digest: str

    @property
    def successor(self) -> str:
        """The id of the sweep that takes the place of this one, where it has to be begun anew."""
        told = f"{self.sweep_id} {self.watermark} {self.ordinal}"
        return hashlib.sha256(told.encode()).hexdigest()[:32]

    @property
    def tags(self) -> dict[str, str]:
        """The inputs as tags of the parent run."""
        return {
            TAG_SWEEP: self.sweep_id,
            TAG_ORDINAL: str(self.ordinal),
            TAG_WATERMARK: str(self.watermark),
            TAG_DATA_DIGEST: self.data_digest,
            TAG_CONTENT_DIGEST: self.content_digest,
            TAG_SPEC_DIGEST: self.spec_digest,
        }


@dataclass(frozen=True)
class Parent:
    """The parent run of a sweep."""

    run_id: str
    inputs: SweepInputs
    status: str
    started_at: str
    """UTC, ISO 8601."""
    ended: int | None
    """Milliseconds since 1970, UTC; None while it is RUNNING."""
    replaced_by: str | None = None
    """The sweep that takes its place, where a row that it had read was forgotten."""


@dataclass(frozen=True)
class Child:
    """A trial's run, as far as it came."""

    run_id: str
    status: str
    index: int
    draw: int
    run: Run


@dataclass(frozen=True)
class SweepRuns:
    """All runs of one sweep."""

    parent: Parent | None
    children: tuple[Child, ...]
    duplicate_parents: tuple[Parent, ...]
    """Parents beside the first: each was made by a request whose response was lost."""

    @property
    def tried(self) -> frozenset[int]:
        """The draws that have finished or failed."""
        return frozenset(child.draw for child in self.children if child.status in TRIED)

    @property
    def not_exported(self) -> frozenset[str]:
        """The runs of trials whose models can't be served."""
        return frozenset(
            child.run_id for child in self.children if TAG_NOT_EXPORTED in child.run.data.tags
        )

    def of(self, draws: Container[int]) -> tuple[Child, ...]:
        """Selects the runs of these draws."""
        return tuple(child for child in self.children if child.draw in draws)


def sweep_runs_of(runs: Iterable[Run]) -> SweepRuns:
    """Sorts the runs of one sweep into parent, children and duplicate parents."""
    runs = sorted(runs, key=lambda run: (run.info.start_time, run.info.run_id))
    parents = [parent_of(run) for run in runs if TAG_TRIAL not in run.data.tags]
    children = tuple(_child(run) for run in runs if TAG_TRIAL in run.data.tags)
    return SweepRuns(parents[0] if parents else None, children, tuple(parents[1:]))


def parent_of(run: Run) -> Parent:
    """Reads a parent run, with the sweep's inputs in its tags."""
    tags = run.data.tags
    inputs = SweepInputs(
        sweep_id=tags[TAG_SWEEP],
        ordinal=int(tags[TAG_ORDINAL]),
        watermark=int(tags[TAG_WATERMARK]),
        data_digest=tags[TAG_DATA_DIGEST],
        content_digest=tags[TAG_CONTENT_DIGEST],
        spec_digest=tags[TAG_SPEC_DIGEST],
    )
    started = datetime.fromtimestamp(run.info.start_time / 1000, UTC)
    return Parent(
        run.info.run_id,
        inputs,
        run.info.status,
        started.isoformat(),
        run.info.end_time or None,
        tags.get(TAG_REPLACED_BY),
    )


def _child(run: Run) -> Child:
    tags = run.data.tags
    return Child(run.info.run_id, run.info.status, int(tags[TAG_TRIAL]), int(tags[TAG_DRAW]), run)
