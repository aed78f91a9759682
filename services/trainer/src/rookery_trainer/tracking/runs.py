"""The runs of a model's sweeps in MLflow: effects only, no decisions."""

import json
import time
from collections.abc import Iterable, Mapping, Sequence
from copy import copy
from functools import partial

from mlflow import MlflowClient
from mlflow.entities import Dataset, DatasetInput, InputTag, Metric, Param, Run, RunTag, ViewType
from mlflow.exceptions import MlflowException

from rookery_core.database.names import PROCESSED, PROCESSED_SCHEMA, table_name
from rookery_core.errors import Refused
from rookery_core.registry_names import TAG_ORDINAL, TAG_SWEEP, TAG_TRIAL
from rookery_core.spec.distributions import ParameterValue
from rookery_core.spec.model_spec import ModelSpec
from rookery_core.waiting import Wait
from rookery_trainer.model.trial import Configuration, Parameters, Trial
from rookery_trainer.model.value_scores import AnyScores
from rookery_trainer.tracking.artifact_address import require_proxied
from rookery_trainer.tracking.client import Retrying, all_pages
from rookery_trainer.tracking.run_metrics import metrics_of, scores_of
from rookery_trainer.tracking.sweep_runs import (
    ENDED,
    FAILED,
    FINISHED,
    KILLED,
    RUNNING,
    TAG_DRAW,
    TAG_NOT_EXPORTED,
    TAG_REASON,
    TAG_REPLACED_BY,
    TAG_WATERMARK,
    Child,
    Parent,
    SweepInputs,
    SweepRuns,
    parent_of,
    sweep_runs_of,
)

ESTIMATOR = "estimator"
"""The parameter of a run that names its estimator; no estimator has a parameter of that name."""
_PAGE = 1000
_LONGEST = 5000
"""Characters of a reason that a tag takes."""


class Runs:
    """The runs of a model's sweeps; every request is retried while the server is away.

    A request whose response was lost is sent again: it may leave a run that nobody continues, and
    `end_orphans` ends it.
    """

    def __init__(self, client: MlflowClient, retrying: Retrying, spec: ModelSpec) -> None:
        self.spec = spec
        self._client = client
        self._retrying = retrying
        self.experiment_id = retrying.run(self._experiment)

    def within(self, seconds: float) -> "Runs":
        """Returns these runs with requests that are retried for at most `seconds`."""
        quick = copy(self)
        quick._retrying = Retrying(Wait(seconds))
        return quick

    def find(self, sweep_id: str) -> SweepRuns:
        """Finds all runs of a sweep that are not deleted."""
        return sweep_runs_of(self._search(f"tags.`{TAG_SWEEP}` = '{sweep_id}'"))

    def followed(self, sweep_id: str) -> str:
        """Returns the sweep that has taken the place of that one; that one itself if none has."""
        parent = self.find(sweep_id).parent
        replaced_by = parent.replaced_by if parent else None
        return self.followed(replaced_by) if replaced_by else sweep_id

    def replace(self, parent: Parent) -> None:
        """Lets another sweep take the place of this one, whoever asks for this one again."""
        other = parent.inputs.successor
        self._retrying.run(lambda: self._client.set_tag(parent.run_id, TAG_REPLACED_BY, other))

    def next_ordinal(self) -> int:
        """Returns one more than the greatest ordinal of the model's sweeps, deleted ones too."""
        parents = self._search(f"tags.`{TAG_WATERMARK}` LIKE '%'", ViewType.ALL)
        return 1 + max((int(run.data.tags[TAG_ORDINAL]) for run in parents), default=0)

    def open_parent(self, inputs: SweepInputs) -> Parent:
        """Makes a parent run; one request makes it and writes the sweep's inputs into its tags."""
        return parent_of(self._create(f"sweep-{inputs.ordinal}", inputs.tags))

    def start(self, parent: Parent, index: int, draw: int) -> str:
        """Starts a run of trial `index`, and returns its id."""
        tags = {
            "mlflow.parentRunId": parent.run_id,
            TAG_SWEEP: parent.inputs.sweep_id,
            TAG_ORDINAL: str(parent.inputs.ordinal),
            TAG_TRIAL: str(index),
            TAG_DRAW: str(draw),
        }
        run = self._create(f"sweep-{parent.inputs.ordinal}-trial-{index:02d}", tags)
        return str(run.info.run_id)

    def finish(
        self, run_id: str, parent: Parent, configuration: Configuration, scores: AnyScores
    ) -> None:
        """Logs the trial's dataset, configuration and scores, and ends its run FINISHED."""
        self.log_dataset(run_id, parent.inputs, "training")
        self.log(run_id, logged(configuration), metrics_of(scores, self.spec.classes))
        self.end(run_id, FINISHED)

    def fail(self, run_id: str, configuration: Configuration, reason: str) -> None:
        """Logs the trial's configuration and why it failed, and ends its run FAILED."""
        self.log(run_id, logged(configuration), {}, {TAG_REASON: reason[:_LONGEST]})
        self.end(run_id, FAILED)

    def leave_out(self, run_id: str, reason: str) -> None:
        """Notes why the model of a finished trial can't be served."""
        self.log(run_id, {}, {}, {TAG_NOT_EXPORTED: reason[:_LONGEST]})

    def log(
        self,
        run_id: str,
        parameters: Parameters,
        metrics: Mapping[str, float],
        tags: Mapping[str, str] | None = None,
    ) -> None:
        """Logs all of these in one request; doing it again changes nothing."""
        now = int(time.time() * 1000)
        batch = (
            [Metric(name, value, now, 0) for name, value in metrics.items()],
            [Param(name, as_text(value)) for name, value in parameters.items()],
            [RunTag(name, value) for name, value in (tags or {}).items()],
        )
        self._retrying.run(lambda: self._client.log_batch(run_id, *batch))

    def log_dataset(self, run_id: str, inputs: SweepInputs, context: str) -> None:
        """Logs the sweep's rows as the run's input; MLflow bounds a digest to 36 characters."""
        source = {
            "database": PROCESSED,
            "table": f"{PROCESSED_SCHEMA}.{table_name(self.spec.name)}",
            "watermark": inputs.watermark,
        }
        dataset = Dataset(
            self.spec.name,
            inputs.data_digest[:36],
            "postgresql",
            json.dumps(source, sort_keys=True),
        )
        used = [DatasetInput(dataset, [InputTag("mlflow.data.context", context)])]
        try:
            self._retrying.run(lambda: self._client.log_inputs(run_id, used))
        except MlflowException as error:
            if error.error_code != "BAD_REQUEST":
                raise
            # Where two runs log the same new rows at once, MLflow refuses one: it can log them now.
            self._retrying.run(lambda: self._client.log_inputs(run_id, used))

    def end(self, run_id: str, status: str, reason: str | None = None) -> None:
        """Ends the run with this status."""
        if reason is not None:
            said = reason[:_LONGEST]
            self._retrying.run(lambda: self._client.set_tag(run_id, TAG_REASON, said))
        self._retrying.run(lambda: self._client.set_terminated(run_id, status))

    def reopen(self, run_id: str) -> None:
        """Sets the run RUNNING again."""
        self._retrying.run(lambda: self._client.update_run(run_id, RUNNING))

    def end_unfinished(self, children: Iterable[Child]) -> None:
        """Ends those of these runs that are RUNNING; the process that began them must be gone."""
        for child in children:
            if child.status not in ENDED:
                self.end(child.run_id, KILLED, "its process ended before the trial did")

    def end_orphans(self, sweep_runs: SweepRuns, trials: Sequence[Trial] = ()) -> None:
        """Ends children and duplicate parents that are RUNNING.

        Of several FINISHED runs of one trial in `trials`, only the trial's own stays FINISHED.
        """
        kept = {trial.run_id for trial in trials}
        taken = {trial.index for trial in trials}
        self.end_unfinished(sweep_runs.children)
        for child in sweep_runs.children:
            if child.status == FINISHED and child.index in taken and child.run_id not in kept:
                self.end(child.run_id, KILLED, "another run of the same trial counts")
        for duplicate in sweep_runs.duplicate_parents:
            if duplicate.status not in ENDED:
                self.end(duplicate.run_id, KILLED, "another run is the parent of this sweep")

    def end_late(self, sweep_runs: SweepRuns) -> None:
        """Ends the orphans of a concluded sweep, and trials that were finished after its end."""
        self.end_orphans(sweep_runs)
        concluded = sweep_runs.parent.ended if sweep_runs.parent else None
        for child in sweep_runs.children:
            ended = child.run.info.end_time
            if child.status == FINISHED and concluded and ended and ended > concluded:
                self.end(child.run_id, KILLED, "the sweep was concluded without this run")

    def trial(self, child: Child, configuration: Configuration) -> Trial:
        """Reads the finished trial of that run.

        Raises:
            Refused: the run has another configuration than the one drawn today.
        """
        if not is_of(child.run.data.params, configuration):
            raise Refused(
                f"run {child.run_id} of trial {child.index} has other parameters than this version "
                "of the trainer draws; start a new sweep"
            )
        scores = scores_of(child.run.data.metrics, self.spec.classes)
        return Trial(child.index, configuration, child.run_id, scores)

    def _search(self, condition: str, view: int = ViewType.ACTIVE_ONLY) -> list[Run]:
        search = partial(
            self._client.search_runs, [self.experiment_id], condition, view, max_results=_PAGE
        )
        return all_pages(lambda token: self._retrying.run(partial(search, page_token=token)))

    def _create(self, name: str, tags: Mapping[str, str]) -> Run:
        known = {"mlflow.user": "rookery", "mlflow.source.name": "rookery_trainer", **tags}
        return self._retrying.run(
            lambda: self._client.create_run(self.experiment_id, tags=known, run_name=name)
        )

    def _experiment(self) -> str:
        found = self._client.get_experiment_by_name(self.spec.name)
        if found is None:
            try:
                self._client.create_experiment(self.spec.name)
            except MlflowException as error:
                if error.error_code != "RESOURCE_ALREADY_EXISTS":
                    raise
            found = self._client.get_experiment_by_name(self.spec.name)
        if found is None or found.lifecycle_stage != "active":
            which = found.experiment_id if found else "ID"
            # MLflow's page cannot.
            raise Refused(
                f"the MLflow experiment {self.spec.name!r} is deleted; restore it: mlflow "
                f"experiments restore --experiment-id {which}, with MLFLOW_TRACKING_URI set to "
                "MLflow's address"
            )
        require_proxied(found.artifact_location, f"the MLflow experiment {self.spec.name!r}")
        return str(found.experiment_id)


def logged(configuration: Configuration) -> Parameters:
    """Returns what a run or a logged model says of its configuration."""
    return {ESTIMATOR: configuration.estimator, **configuration.parameters}


def is_of(params: Mapping[str, str], configuration: Configuration) -> bool:
    """Tells whether a run with those parameters is of the configuration.

    The first release did not log the estimator, which all its trials had from the spec.
    """
    found = {ESTIMATOR: configuration.estimator, **params}
    return all(found.get(name) == as_text(value) for name, value in logged(configuration).items())


def as_text(value: ParameterValue) -> str:
    """Writes a parameter as MLflow shows it."""
    return str(value)
