"""Progress of long steps: a bar in a terminal, plain lines everywhere else."""

import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Protocol

from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from rookery_local.console.terminal import printable, say

NOTE_LEAVES = 60
"""Columns that the title, the bar and the clock need."""


class Step(Protocol):
    """A step under way."""

    def advance(self, done: int, of: int, note: str = "") -> None:
        """Reports that `done` of `of` are done; `note` says what the last one was."""

    def note(self, text: str) -> None:
        """Reports what happens at the moment if there is nothing to count."""

    def warn(self, text: str) -> None:
        """Reports on a line of its own what a person should know before the step is done."""

    def conclude(self, note: str) -> None:
        """Sets the result that the last line of the step shows."""


class Report(Protocol):
    """Shows steps to a person."""

    def step(self, title: str) -> AbstractContextManager[Step]:
        """Shows a step for the time of the block; it is done if the block raises nothing."""


class ProgressLines:
    """Shows one line per event: for pipes, files and CI."""

    def __init__(self, console: Console) -> None:
        self._console = console

    @contextmanager
    def step(self, title: str) -> Iterator[Step]:
        """Prints a line at the start, one per advance, and one at the end."""
        begun = time.monotonic()
        self._say(f"{title} ...")
        step = _ProgressLine(self._say, title)
        yield step
        seconds = time.monotonic() - begun
        self._say(f"{title}: {step.conclusion} ({seconds:.1f} s)")

    def _say(self, text: str) -> None:
        say(self._console, text)


class _ProgressLine:
    def __init__(self, say: Callable[[str], None], title: str) -> None:
        self._say = say
        self._title = title
        self._noted = ""
        self.conclusion = "done"

    def advance(self, done: int, of: int, note: str = "") -> None:
        self._say(f"{self._title} {done}/{of} {note}".rstrip())

    def note(self, text: str) -> None:
        # What goes on as before needs no second line.
        if text != self._noted:
            self._say(f"{self._title}: {text}")
        self._noted = text

    def warn(self, text: str) -> None:
        self._say(f"{self._title}: {text}")

    def conclude(self, note: str) -> None:
        self.conclusion = note


class ProgressBars:
    """Shows one bar per step; the bar stays when the step is done."""

    def __init__(self, console: Console) -> None:
        self._console = console

    @contextmanager
    def step(self, title: str) -> Iterator[Step]:
        """Shows a bar that moves with each advance, and a clock."""
        columns = (
            SpinnerColumn(finished_text="✓"),
            TextColumn("{task.description}", markup=False),
            BarColumn(bar_width=24),
            TextColumn("{task.fields[note]}", markup=False),
            TimeElapsedColumn(),
        )
        with Progress(*columns, console=self._console) as progress:
            bar = _ProgressBar(progress, title)
            yield bar
            bar.complete()


class _ProgressBar:
    def __init__(self, progress: Progress, title: str) -> None:
        self._progress = progress
        self._task = progress.add_task(printable(title), total=None, note="")

    def advance(self, done: int, of: int, note: str = "") -> None:
        said = printable(f"{done}/{of} {note}")
        self._progress.update(self._task, completed=done, total=of, note=said)

    def note(self, text: str) -> None:
        # A text longer than a line would make the bar jump.
        width = max(20, self._progress.console.width - NOTE_LEAVES)
        self._progress.update(self._task, note=printable(text)[:width])

    def warn(self, text: str) -> None:
        # Above the bar, which moves down.
        say(self._progress.console, text)

    def conclude(self, note: str) -> None:
        self._progress.update(self._task, note=printable(note))

    def complete(self) -> None:
        self._progress.update(self._task, total=1, completed=1)


def report_to(console: Console) -> Report:
    """Chooses bars if the console is a terminal, otherwise lines."""
    return ProgressBars(console) if console.is_terminal else ProgressLines(console)
