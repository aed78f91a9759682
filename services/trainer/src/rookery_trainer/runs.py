"""The runs of a sweep in MLflow: one parent that pins it, one child for each trial."""

import json
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial

from mlflow import MlflowClient
from mlflow.entities import Dataset, DatasetInput, InputTag, Metric, Param, Run, RunTag, ViewType
from mlflow.exceptions import MlflowException

from rookery_core.databases import PROCESSED, PROCESSED_SCHEMA, table_name
from rookery_core.errors import Refused
from rookery_core.registry import (
    TAG_DATA_DIGEST,
    TAG_ORDINAL,
    TAG_SPEC_DIGEST,
    TAG_SWEEP,
    TAG_TRIAL,
)
from rookery_core.spec import ModelSpec
from rookery_trainer.run_metrics import metrics_of, scores_of
from rookery_trainer.scores import Scores
from rookery_trainer.tracking import Outage
from rookery_trainer.trial import Parameters, Trial

TAG_DRAW = "rookery.draw"
"""Which draw of the search space a trial is; a replacement's is not its index."""
TAG_WATERMARK = "rookery.watermark"
TAG_CONTENT_DIGEST = "rookery.content_digest"
"""The digest of the rows the sweep sees, hold-out included."""
TAG_REASON = "rookery.reason"
"""Why a run failed, or why it was ended from outside."""

FINISHED, FAILED, KILLED, RUNNING = "FINISHED", "FAILED", "KILLED", "RUNNING"
_PAGE = 1000


@dataclass(frozen=True)
class Pin:
    """What a sweep is bound to from its first moment, whoever continues it."""

    sweep_id: str
    ordinal: int
    watermark: int
    data_digest: str
    content_digest: str
    spec_digest: str


@dataclass(frozen=True)
class Parent:
    """The parent run of a sweep."""

    run_id: str
    pin: Pin
    status: str
    started_at: str
    """UTC, ISO 8601."""


@dataclass(frozen=True)
class Child:
    """A trial's run, as far as it came."""

    run: Run
    index: int
    draw: int

    @property
    def run_id(self) -> str:
        return str(self.run.info.run_id)

    @property
    def status(self) -> str:
        return str(self.run.info.status)


class Runs:
    """The runs of a model's sweeps; every request outlasts an outage of the server.

    A request that got through without its answer is sent again: it may leave a run behind that
    nobody continues, which `end_strays` ends.
    """

    def __init__(self, client: MlflowClient, outage: Outage, spec: ModelSpec) -> None:
        self._client = client
        self._outage = outage
        self.spec = spec
        self.experiment_id = outage.outlast(self._experiment)

    def find(self, sweep_id: str) -> tuple[Parent | None, tuple[Child, ...]]:
        """The parent of a sweep, where it has one, and all its trials' runs."""
        runs = self._search(f"tags.`{TAG_SWEEP}` = '{sweep_id}'")
        parents = sorted(
            (run for run in runs if TAG_TRIAL not in run.data.tags),
            key=lambda run: (run.info.start_time, run.info.run_id),
        )
        children = tuple(
            Child(run, int(run.data.tags[TAG_TRIAL]), int(run.data.tags[TAG_DRAW]))
            for run in runs
            if TAG_TRIAL in run.data.tags
        )
        return (_parent(parents[0]) if parents else None), children

    def next_ordinal(self) -> int:
        """One more than the greatest ordinal of this model's sweeps, deleted ones included."""
        runs = self._outage.outlast(
            lambda: self._client.search_runs(
                [self.experiment_id],
                f"tags.`{TAG_WATERMARK}` LIKE '%'",
                ViewType.ALL,
                max_results=_PAGE,
                order_by=["attributes.start_time DESC"],
            )
        )
        return 1 + max((int(run.data.tags[TAG_ORDINAL]) for run in runs), default=0)

    def open_parent(self, pin: Pin) -> Parent:
        """A new parent run, which holds the pin from its first moment."""
        tags = {
            TAG_SWEEP: pin.sweep_id,
            TAG_ORDINAL: str(pin.ordinal),
            TAG_WATERMARK: str(pin.watermark),
            TAG_DATA_DIGEST: pin.data_digest,
            TAG_CONTENT_DIGEST: pin.content_digest,
            TAG_SPEC_DIGEST: pin.spec_digest,
        }
        return _parent(self._create(f"sweep-{pin.ordinal}", tags))

    def start(self, parent: Parent, index: int, draw: int) -> str:
        """The id of a new run of trial `index`, RUNNING."""
        tags = {
            "mlflow.parentRunId": parent.run_id,
            TAG_SWEEP: parent.pin.sweep_id,
            TAG_ORDINAL: str(parent.pin.ordinal),
            TAG_TRIAL: str(index),
            TAG_DRAW: str(draw),
        }
        return _run_id(self._create(f"sweep-{parent.pin.ordinal}-trial-{index:02d}", tags))

    def finish(self, run_id: str, parent: Parent, parameters: Parameters, scores: Scores) -> None:
        """The trial's run holds its dataset, parameters and scores, and is FINISHED."""
        dataset = self.dataset(parent.pin, "training")
        self._outage.outlast(lambda: self._client.log_inputs(run_id, [dataset]))
        self.log(run_id, parameters, metrics_of(scores, self.spec.classes))
        self.end(run_id, FINISHED)

    def fail(self, run_id: str, parameters: Parameters, reason: str) -> None:
        """The trial's run holds its parameters and why they failed, and is FAILED."""
        self.log(run_id, parameters, {}, {TAG_REASON: reason[:5000]})
        self.end(run_id, FAILED)

    def log(
        self,
        run_id: str,
        parameters: Parameters,
        metrics: dict[str, float],
        tags: dict[str, str] | None = None,
    ) -> None:
        """The run has these, logged at once; doing it again changes nothing."""
        now = int(time.time() * 1000)
        batch = (
            [Metric(name, value, now, 0) for name, value in metrics.items()],
            [Param(name, as_text(value)) for name, value in parameters.items()],
            [RunTag(name, value) for name, value in (tags or {}).items()],
        )
        self._outage.outlast(lambda: self._client.log_batch(run_id, *batch))

    def end(self, run_id: str, status: str, reason: str | None = None) -> None:
        """The run has ended with this status."""
        if reason is not None:
            self._outage.outlast(lambda: self._client.set_tag(run_id, TAG_REASON, reason[:5000]))
        self._outage.outlast(lambda: self._client.set_terminated(run_id, status))

    def reopen(self, run_id: str) -> None:
        """The run is RUNNING again."""
        self._outage.outlast(lambda: self._client.update_run(run_id, RUNNING))

    def end_strays(self, children: Sequence[Child], trials: Sequence[Trial] = ()) -> None:
        """No child is RUNNING; beside those of `trials`, none of their indices is FINISHED."""
        kept = {trial.run_id for trial in trials}
        taken = {trial.index for trial in trials}
        for child in children:
            if child.status not in (FINISHED, FAILED, KILLED):
                self.end(child.run_id, KILLED, "its process ended before the trial did")
            elif child.status == FINISHED and child.index in taken and child.run_id not in kept:
                self.end(child.run_id, KILLED, "another run of the same trial counts")

    def trial(self, child: Child, parameters: Parameters) -> Trial:
        """The finished trial of that run.

        Raises:
            Refused: the run has other parameters than those drawn today.
        """
        logged = child.run.data.params
        if any(logged.get(name) != as_text(value) for name, value in parameters.items()):
            raise Refused(
                f"run {child.run_id} of trial {child.index} has other parameters than this version "
                "of the trainer draws; start a new sweep"
            )
        scores = scores_of(child.run.data.metrics, self.spec.classes)
        return Trial(child.index, parameters, child.run_id, scores)

    def dataset(self, pin: Pin, context: str) -> DatasetInput:
        """The rows of the sweep as an MLflow dataset; MLflow bounds a digest to 36 characters."""
        source = {
            "database": PROCESSED,
            "table": f"{PROCESSED_SCHEMA}.{table_name(self.spec.name)}",
            "watermark": pin.watermark,
        }
        dataset = Dataset(
            self.spec.name, pin.data_digest[:36], "postgresql", json.dumps(source, sort_keys=True)
        )
        return DatasetInput(dataset, [InputTag("mlflow.data.context", context)])

    def _search(self, condition: str) -> list[Run]:
        found: list[Run] = []
        token: str | None = None
        while True:
            page = self._outage.outlast(
                partial(
                    self._client.search_runs,
                    [self.experiment_id],
                    condition,
                    max_results=_PAGE,
                    page_token=token,
                )
            )
            found.extend(page)
            if not (token := page.token):
                return found

    def _create(self, name: str, tags: dict[str, str]) -> Run:
        tags = {"mlflow.user": "rookery", "mlflow.source.name": "rookery_trainer", **tags}
        return self._outage.outlast(
            lambda: self._client.create_run(self.experiment_id, tags=tags, run_name=name)
        )

    def _experiment(self) -> str:
        found = self._client.get_experiment_by_name(self.spec.name)
        if found is None:
            try:
                return str(self._client.create_experiment(self.spec.name))
            except MlflowException as error:
                if error.error_code != "RESOURCE_ALREADY_EXISTS":
                    raise
                found = self._client.get_experiment_by_name(self.spec.name)
        if found is None or found.lifecycle_stage != "active":
            raise Refused(
                f"the MLflow experiment {self.spec.name!r} is deleted; restore it in MLflow"
            )
        return str(found.experiment_id)


def as_text(value: bool | int | float | str | None) -> str:
    """A parameter as MLflow shows it."""
    return str(value)


def _parent(run: Run) -> Parent:
    tags = run.data.tags
    pin = Pin(
        sweep_id=tags[TAG_SWEEP],
        ordinal=int(tags[TAG_ORDINAL]),
        watermark=int(tags[TAG_WATERMARK]),
        data_digest=tags[TAG_DATA_DIGEST],
        content_digest=tags[TAG_CONTENT_DIGEST],
        spec_digest=tags[TAG_SPEC_DIGEST],
    )
    started = datetime.fromtimestamp(run.info.start_time / 1000, UTC)
    return Parent(_run_id(run), pin, str(run.info.status), started.isoformat())


def _run_id(run: Run) -> str:
    return str(run.info.run_id)
