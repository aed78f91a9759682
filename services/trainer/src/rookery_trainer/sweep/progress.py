"""Progress of a sweep: a bar for a person at a terminal, else one event for each trial."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Never, Protocol, TextIO

import structlog
from tqdm import tqdm
from tqdm.contrib.logging import logging_redirect_tqdm

from rookery_trainer.model.trial import Trial

_log = structlog.get_logger()


class Progress(Protocol):
    """Is told how far a sweep is."""

    def begin(self, done: int, of: int) -> None:
        """Begins with `done` of `of` trials finished before."""

    def advance(self, trial: Trial) -> None:
        """Counts one more finished trial."""


class ProgressEvents:
    """One event for each trial."""

    def __init__(self) -> None:
        self._of = 0

    def begin(self, done: int, of: int) -> None:
        """Writes the event `resumed` where trials were finished before."""
        self._of = of
        if done:
            _log.info("resumed", done=done, of=of)

    def advance(self, trial: Trial) -> None:
        """Writes the event `trial`."""
        _log.info(
            "trial",
            index=trial.index,
            of=self._of,
            log_loss=round(trial.scores.log_loss.mean, 4),
            accuracy=round(trial.scores.accuracy.mean, 4),
            run_id=trial.run_id,
        )


class ProgressBar:
    """A bar with the lowest log loss so far."""

    def __init__(self, bar: "tqdm[Never]") -> None:
        self._bar = bar
        self._lowest = float("inf")

    def begin(self, done: int, of: int) -> None:
        """Starts the bar where the sweep was."""
        self._bar.reset(total=of)
        self._bar.update(done)

    def advance(self, trial: Trial) -> None:
        """Moves the bar by one trial."""
        self._lowest = min(self._lowest, trial.scores.log_loss.mean)
        self._bar.set_postfix_str(f"lowest log loss {self._lowest:.4f}", refresh=False)
        self._bar.update()


@contextmanager
def progress(model: str, stream: TextIO = sys.stderr) -> Iterator[Progress]:
    """Shows a bar where `stream` is a terminal, else writes events."""
    if not stream.isatty():
        yield ProgressEvents()
        return
    with logging_redirect_tqdm(), tqdm(desc=model, unit="trial", file=stream) as bar:
        yield ProgressBar(bar)
