"""The trials of a sweep: each is finished exactly once, whatever was finished before."""

from collections.abc import Collection, Container, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass

import structlog

from rookery_core.errors import Refused
from rookery_core.spec.model_spec import ModelSpec
from rookery_trainer.failpoints import failpoint
from rookery_trainer.locks.lock import HeldLock
from rookery_trainer.model.trial import Configuration, Trial
from rookery_trainer.sweep.progress import Progress
from rookery_trainer.sweep.workers import TrialResult, Workers
from rookery_trainer.tracking.logged_models import LoggedModels
from rookery_trainer.tracking.runs import Runs
from rookery_trainer.tracking.sweep_runs import FAILED, FINISHED, TAG_REASON, Child, Parent

SPARE = 5
"""Configurations of a sweep that may fail and be replaced by the next draw."""

_log = structlog.get_logger()


@dataclass(frozen=True)
class PlannedTrial:
    """A configuration to try: draw `draw` of the search space, as trial `index`."""

    index: int
    draw: int


def due(trials: int, finished: Collection[int], failed: Collection[int]) -> list[PlannedTrial]:
    """Lists what to try next, given the draws that finished and those that failed.

    Draw i is tried as trial i. When all are known, the next draws take the place of those that
    failed, by ascending index: so it does not matter which failed first, or in which process.
    """
    planned = [PlannedTrial(index, index) for index in range(trials)]
    drawn = trials
    while planned:
        unknown = [each for each in planned if each.draw not in {*finished, *failed}]
        if unknown:
            return unknown
        places = [each.index for each in planned if each.draw in failed]
        planned = [PlannedTrial(index, drawn + offset) for offset, index in enumerate(places)]
        drawn += len(places)
    return []


class TrialRunner:
    """Tries what is due of one sweep, and counts what is finished."""

    def __init__(
        self,
        parent: Parent,
        configurations: Sequence[Configuration],
        runs: Runs,
        models: LoggedModels,
        *,
        learned: ModelSpec,
        lock: HeldLock,
        progress: Progress,
    ) -> None:
        self._parent = parent
        self._configurations = configurations
        self._trials = runs.spec.trials
        self._runs = runs
        self._models = models
        self._learned = learned
        self._lock = lock
        self._progress = progress
        self._finished: dict[int, Trial] = {}
        self._failed: dict[int, str] = {}

    @property
    def trials(self) -> tuple[Trial, ...]:
        """The finished trials, by index."""
        return tuple(sorted(self._finished.values(), key=lambda trial: trial.index))

    def adopt(self, children: Sequence[Child]) -> None:
        """Counts what earlier processes did: of each trial, the run with the lowest id."""
        for child in sorted(children, key=lambda child: child.run_id):
            if child.status == FINISHED and child.draw not in self._finished:
                trial = self._runs.trial(child, self._configurations[child.draw])
                self._finished[child.draw] = trial
            elif child.status == FAILED:
                self._failed[child.draw] = child.run.data.tags.get(TAG_REASON, "")
        self._progress.begin(len(self._finished), self._trials)

    def complete(self, workers: Workers) -> tuple[Trial, ...]:
        """Tries until all trials are finished, and returns them.

        Raises:
            Refused: more configurations failed than may be replaced.
        """
        while due_now := self._due:
            self._check_failures(due_now)
            self._try(due_now, workers)
        return self.trials

    def try_draws(self, draws: Container[int], workers: Workers) -> None:
        """Tries these draws, and replaces none that fails.

        Raises:
            Refused: more of them failed than may be replaced.
        """
        self._check_failures(())
        self._try([planned for planned in self._due if planned.draw in draws], workers)

    @property
    def _due(self) -> list[PlannedTrial]:
        return due(self._trials, self._finished.keys(), self._failed.keys())

    def _try(self, planned_trials: Sequence[PlannedTrial], workers: Workers) -> None:
        waiting = list(reversed(planned_trials))
        about_to_try = {each.index: self._configurations[each.draw] for each in waiting}
        self._progress.plan(about_to_try, workers.number)
        running: dict[Future[TrialResult], tuple[PlannedTrial, str]] = {}
        while waiting or running:
            # One trial more than workers, so that none is idle while a result is logged.
            while waiting and len(running) <= workers.number:
                planned = waiting.pop()
                failpoint(f"trial {planned.index}")
                self._lock.require()
                run_id = self._runs.start(self._parent, planned.index, planned.draw)
                future = workers.evaluate(planned.index, self._configurations[planned.draw])
                running[future] = planned, run_id
            for future in wait(running, return_when=FIRST_COMPLETED).done:
                self._record(*running.pop(future), future)

    def _record(self, planned: PlannedTrial, run_id: str, future: Future[TrialResult]) -> None:
        configuration = self._configurations[planned.draw]
        failure = _failure(future)
        self._lock.require()
        failpoint(f"finish {planned.index}")
        if failure:
            _log.warning("configuration failed", index=planned.index, reason=failure)
            self._runs.fail(run_id, configuration, failure)
            self._failed[planned.draw] = failure
            self._progress.fail(planned.index)
            self._check_failures(())
            return
        result = future.result()
        trial = Trial(planned.index, configuration, run_id, result.scores)
        if result.model is not None:
            self._models.log(run_id, self._learned, result.model, configuration)
        self._runs.finish(run_id, self._parent, configuration, trial.scores)
        self._finished[planned.draw] = trial
        self._progress.advance(trial)

    def _check_failures(self, due_now: Sequence[PlannedTrial]) -> None:
        spent = max((planned.draw for planned in due_now), default=-1) >= len(self._configurations)
        if len(self._failed) > SPARE or spent:
            reason = next(reversed(self._failed.values()))
            raise Refused(
                f"{len(self._failed)} configurations failed, the last with: {reason}; at most "
                f"{SPARE} are replaced, by draws the search space must still hold: mend "
                "search_space or the data"
            )


def _failure(future: Future[TrialResult]) -> str | None:
    """Says why the configuration failed; None where it did not.

    Raises:
        BrokenProcessPool: its process died, which says nothing about the configuration.
    """
    error = future.exception()
    if isinstance(error, BrokenProcessPool):
        raise error
    if error is not None:
        return f"{type(error).__name__}: {error}"
    return None if future.result().scores.finite else "a score is NaN or infinite"
