"""The trials of a sweep: each is finished exactly once, whatever was finished before."""

from collections.abc import Collection, Container, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass

import structlog

from rookery_core.errors import Refused
from rookery_trainer.failpoints import failpoint
from rookery_trainer.locks.lock import HeldLock
from rookery_trainer.model.trial import Parameters, Trial
from rookery_trainer.sweep.progress import Progress
from rookery_trainer.sweep.workers import TrialResult, Workers
from rookery_trainer.tracking.logged_models import LoggedModels
from rookery_trainer.tracking.runs import Runs
from rookery_trainer.tracking.sweep_runs import FAILED, FINISHED, TAG_REASON, Child, Parent

SPARE = 5
"""Configurations of a sweep that may fail and be replaced by the next draw."""

_log = structlog.get_logger()


@dataclass(frozen=True)
class Draw:
    """A configuration to try: draw `draw` of the search space, as trial `index`."""

    index: int
    draw: int


def due(trials: int, finished: Collection[int], failed: Collection[int]) -> list[Draw]:
    """Lists what to try next, given the draws that finished and those that failed.

    Draw i is tried as trial i. When all are known, the next draws take the place of those that
    failed, by ascending index: so it does not matter which failed first, or in which process.
    """
    attempts = [Draw(index, index) for index in range(trials)]
    drawn = trials
    while attempts:
        unknown = [a for a in attempts if a.draw not in finished and a.draw not in failed]
        if unknown:
            return unknown
        places = [a.index for a in attempts if a.draw in failed]
        attempts = [Draw(index, drawn + offset) for offset, index in enumerate(places)]
        drawn += len(places)
    return []


class Trials:
    """Tries what is due of one sweep, and counts what is finished."""

    def __init__(
        self,
        parent: Parent,
        configurations: Sequence[Parameters],
        runs: Runs,
        models: LoggedModels,
        *,
        lock: HeldLock,
        progress: Progress,
    ) -> None:
        self._parent = parent
        self._configurations = configurations
        self._trials = runs.spec.trials
        self._runs = runs
        self._models = models
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
        while attempts := self._due:
            self._check_failures(attempts)
            self._try(attempts, workers)
        return self.trials

    def attempt(self, draws: Container[int], workers: Workers) -> None:
        """Tries these draws, and replaces none that fails.

        Raises:
            Refused: more of them failed than may be replaced.
        """
        self._check_failures(())
        self._try([attempt for attempt in self._due if attempt.draw in draws], workers)

    @property
    def _due(self) -> list[Draw]:
        return due(self._trials, self._finished.keys(), self._failed.keys())

    def _try(self, attempts: Sequence[Draw], workers: Workers) -> None:
        waiting = list(reversed(attempts))
        running: dict[Future[TrialResult], tuple[Draw, str]] = {}
        while waiting or running:
            # One trial more than workers, so that none is idle while a result is logged.
            while waiting and len(running) <= workers.number:
                attempt = waiting.pop()
                failpoint(f"trial {attempt.index}")
                self._lock.require()
                run_id = self._runs.start(self._parent, attempt.index, attempt.draw)
                future = workers.evaluate(self._configurations[attempt.draw])
                running[future] = attempt, run_id
            for future in wait(running, return_when=FIRST_COMPLETED).done:
                self._record(*running.pop(future), future)

    def _record(self, attempt: Draw, run_id: str, future: Future[TrialResult]) -> None:
        parameters = self._configurations[attempt.draw]
        failure = _failure(future)
        self._lock.require()
        failpoint(f"finish {attempt.index}")
        if failure:
            _log.warning("configuration failed", index=attempt.index, reason=failure)
            self._runs.fail(run_id, parameters, failure)
            self._failed[attempt.draw] = failure
            self._check_failures(())
            return
        evaluation = future.result()
        trial = Trial(attempt.index, parameters, run_id, evaluation.scores)
        if evaluation.pipeline is not None:
            self._models.log(run_id, self._runs.spec, evaluation.pipeline, parameters)
        self._runs.finish(run_id, self._parent, parameters, trial.scores)
        self._finished[attempt.draw] = trial
        self._progress.advance(trial)

    def _check_failures(self, attempts: Sequence[Draw]) -> None:
        spent = max((attempt.draw for attempt in attempts), default=-1) >= len(self._configurations)
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
