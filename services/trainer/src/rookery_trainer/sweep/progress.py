"""Progress of a sweep: a bar for a person at a terminal, else one event for each trial."""

import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Never, Protocol, TextIO

import structlog
from tqdm import tqdm
from tqdm.contrib.logging import logging_redirect_tqdm

from rookery_core.spec.model_spec import ModelSpec
from rookery_core.spec.task import MetricName
from rookery_trainer.heartbeat import EVERY_SECONDS
from rookery_trainer.model.scores import Scores
from rookery_trainer.model.trial import Configuration, Trial, best_trial
from rookery_trainer.model.value_scores import AnyScores
from rookery_trainer.sweep.time_left import TimeLeft

_BAR = "{l_bar}{bar}| {n_fmt}/{total_fmt} [{elapsed}{postfix}]"
"""Without tqdm's own estimate, for which all trials take equally long."""

_log = structlog.get_logger()


class Progress(Protocol):
    """Is told how far a sweep is."""

    def begin(self, done: int, of: int) -> None:
        """Begins with `done` of `of` trials finished before."""

    def plan(self, trials: Mapping[int, Configuration], workers: int) -> None:
        """Hears which trials, by index, so many workers of this process are about to try."""

    def fold(self, index: int, fold: int) -> None:
        """Hears that this fold of that trial, from 1, has begun."""

    def advance(self, trial: Trial) -> None:
        """Counts one more finished trial."""

    def fail(self, index: int) -> None:
        """Hears that a trial's configuration failed."""


class ProgressEvents:
    """One event for each trial, and one now and then for the fold that has begun."""

    def __init__(
        self, metric: MetricName, folds: int, clock: Callable[[], float] | None = None
    ) -> None:
        self._metric = metric
        self._folds = folds
        self._of = 0
        self._clock = clock or time.monotonic
        self._left = TimeLeft({}, folds)
        self._told = self._clock()

    def begin(self, done: int, of: int) -> None:
        """Writes the event `resumed` where trials were finished before."""
        self._of = of
        if done:
            _log.info("resumed", done=done, of=of)

    def plan(self, trials: Mapping[int, Configuration], workers: int) -> None:
        """Begins to estimate how long these trials take."""
        self._left = TimeLeft(trials, self._folds, workers)

    def fold(self, index: int, fold: int) -> None:
        """Writes the event `fold` where the last one was long ago, with the time left.

        That is an estimate for the trials of this process, without what comes after them.
        """
        now = self._clock()
        self._left.fold(index, fold, now)
        if now - self._told >= EVERY_SECONDS:
            self._told = now
            left = self._left.seconds(now)
            _log.info("fold", index=index, fold=fold, folds=self._folds, seconds_left=left)

    def fail(self, index: int) -> None:
        """Estimates without the trial."""
        self._left.end(index, self._clock())

    def advance(self, trial: Trial) -> None:
        """Writes the event `trial`."""
        self._left.end(trial.index, self._clock())
        _log.info(
            "trial",
            index=trial.index,
            of=self._of,
            selected_by=self._metric,
            **shown_figures(trial.scores, self._metric),
            run_id=trial.run_id,
        )


class ProgressBar:
    """A bar with the best figure so far."""

    def __init__(self, bar: "tqdm[Never]", spec: ModelSpec) -> None:
        self._bar = bar
        self._model = spec.name
        self._folds = spec.folds
        self._metric = spec.select_by
        self._trials: list[Trial] = []
        self._left = TimeLeft({}, spec.folds)

    def begin(self, done: int, of: int) -> None:
        """Starts the bar where the sweep was."""
        self._bar.reset(total=of)
        self._bar.update(done)

    def plan(self, trials: Mapping[int, Configuration], workers: int) -> None:
        """Begins to estimate how long these trials take."""
        self._left = TimeLeft(trials, self._folds, workers)

    def fold(self, index: int, fold: int) -> None:
        """Says beside the bar which fold has begun, and how long the trials may still take."""
        now = time.monotonic()
        self._left.fold(index, fold, now)
        left = self._left.seconds(now)
        said = "" if left is None else f", about {left} s left"
        self._bar.set_description_str(
            f"{self._model}, trial {index}: fold {fold} of {self._folds}{said}"
        )

    def fail(self, index: int) -> None:
        """Estimates without the trial."""
        self._left.end(index, time.monotonic())

    def advance(self, trial: Trial) -> None:
        """Moves the bar by one trial."""
        self._left.end(trial.index, time.monotonic())
        self._trials.append(trial)
        best = best_trial(self._trials, self._metric).scores
        figure = shown_figures(best, self._metric)[self._metric]
        name = self._metric.replace("_", " ")
        self._bar.set_postfix_str(f"best {name} {figure}", refresh=False)
        self._bar.update()


@contextmanager
def progress(spec: ModelSpec, stream: TextIO = sys.stderr) -> Iterator[Progress]:
    """Shows a bar where `stream` is a terminal, else writes events."""
    if not stream.isatty():
        yield ProgressEvents(spec.select_by, spec.folds)
        return
    with (
        logging_redirect_tqdm(),
        tqdm(desc=spec.name, unit="trial", file=stream, bar_format=_BAR) as bar,
    ):
        yield ProgressBar(bar, spec)


def shown_figures(scores: AnyScores, metric: MetricName) -> dict[str, float]:
    """Selects the means that a person is shown, in few digits: the `metric` and the usual ones."""
    usual = ("log_loss", "accuracy") if isinstance(scores, Scores) else ("rmse", "mae")
    means = {name: scores.estimates[name].mean for name in dict.fromkeys((metric, *usual))}
    if isinstance(scores, Scores):
        return {name: round(mean, 4) for name, mean in means.items()}
    # An error has the target's unit: it may be of any size.
    return {name: float(f"{mean:.5g}") for name, mean in means.items()}
