"""A job's events as progress: how far the job is, and its result."""

from collections.abc import Callable, Mapping

from rookery_local.console.report import Step
from rookery_local.process.events import CONCLUDED, REMOVED, ROLLED_BACK, TRIAL, Event

COUNTS = ("rows_in", "loaded", "duplicate", "quarantined")
CONCLUDED_BEFORE = "the sweep was concluded before"
"""From the trainer: nothing is left to do; the parent run `run_id` has the decision."""
READING = "reading rows"
"""From the trainer: it reads the rows; `done` of `of` of them, or `rows` where it begins."""
FOLD = "fold"
"""From the trainer: fold `fold` of `folds` of trial `index` has begun."""
FITTING = "fitting the best trial"
"""From the trainer: trial `index` is fitted to all `rows` training rows, since `seconds`."""
FITS = "fits"
"""From the trainer: of several fits, `done` of `of` have ended."""
EXPORTING = "exporting the best trial"
"""From the trainer: the graph of trial `index` is made, and compared with its model."""
COMPARING = "comparing with the champion"
"""From the trainer: the two configurations are fitted again and again, to compare them."""
RESUMED = "resumed"
"""From the trainer: `done` trials were finished before."""


class JobProgress:
    """Moves a step by the events of a job, from one process or from several."""

    def __init__(self, step: Step) -> None:
        self._step = step
        self._trials: set[int] = set()
        self._before = 0
        self._removed = 0
        self._told: set[str] = set()
        self.reason = ""
        """Why the gate decided as it did; empty if it has not decided."""
        self.decision = ""
        """`promoted` or `rejected`; empty if the gate has not decided."""
        self.concluded_run = ""
        """The parent run of a sweep that was concluded before; else empty."""
        self.data_digest = ""
        """The content digest of the model's rows, from ingest; else empty."""

    def __call__(self, event: Event) -> None:
        """Shows in the step what the event says; a warning with a reason is shown once."""
        if event.get("level") == "warning" and "reason" in event:
            self._warn(f"{event['event']}: {event['reason']}")
        elif event["event"] == TRIAL:
            self._trials.add(int(event["index"]))
            metric = str(event["selected_by"])
            # Trials end in another order than that of their numbers, by which the best is named.
            told = f"done; trial {event['index']}: {metric.replace('_', ' ')} {event[metric]}"
            self._advance(int(event["of"]), told)
        elif event["event"] in _NOTES:
            self._step.note(_NOTES[event["event"]](event))
        elif event["event"] == RESUMED:
            # Trials whose own events were seen are counted already.
            self._before = max(0, int(event["done"]) - len(self._trials))
            self._advance(int(event["of"]), "resumed")
        elif event["event"] == CONCLUDED:
            self._step.conclude(f"version {event['version']} {event['decision']}, {event['rule']}")
            self.reason, self.decision = str(event["reason"]), str(event["decision"])
        elif event["event"] == CONCLUDED_BEFORE:
            self.concluded_run = str(event["run_id"])
            self._step.conclude("its sweep was concluded before")
        elif event["event"] == ROLLED_BACK:
            self._step.conclude(f"version {event['champion']} is the champion")
        elif event["event"] == REMOVED:
            self._removed += 1
            self._step.conclude(f"{self._removed} sweeps removed")
        else:
            self._count(event)

    def _count(self, event: Event) -> None:
        if counts := {name: event[name] for name in COUNTS if name in event}:
            self._step.conclude(", ".join(f"{name} {count}" for name, count in counts.items()))
            self.data_digest = str(event.get("data_digest", ""))

    def _warn(self, text: str) -> None:
        if text not in self._told:
            self._told.add(text)
            self._step.warn(text)

    def _advance(self, of: int, note: str) -> None:
        self._step.advance(min(of, self._before + len(self._trials)), of, note)


def _reading(event: Event) -> str:
    if "done" not in event:
        return f"reading {int(event['rows']):,} rows"
    return f"read {int(event['done']):,} of {int(event['of']):,} rows{_left(event)}"


def _fold(event: Event) -> str:
    fold = f"trial {event['index']}: fold {event['fold']} of {event['folds']}"
    return fold + _left(event, " of trials")


def _fitting(event: Event) -> str:
    fitting = f"fitting trial {event['index']}, the best, to {int(event['rows']):,} rows"
    return f"{fitting}: {event['seconds']} s so far" if "seconds" in event else fitting


def _fits(event: Event) -> str:
    return f"{event['done']} of {event['of']} fits{_left(event)}"


def _exporting(event: Event) -> str:
    return f"exporting trial {event['index']}"


def _comparing(event: Event) -> str:
    return f"comparing with the champion, version {event['version']}"


def _left(event: Event, what: str = "") -> str:
    """Says how long the rest, or the rest of a part, may take, where that is known."""
    seconds = event.get("seconds_left")
    if seconds is None:
        return ""
    time = f"{seconds} s" if seconds < 100 else f"{round(seconds / 60)} min"
    return f", about {time}{what} left"


_NOTES: Mapping[str, Callable[[Event], str]] = {
    READING: _reading,
    FOLD: _fold,
    FITTING: _fitting,
    FITS: _fits,
    EXPORTING: _exporting,
    COMPARING: _comparing,
}
"""What a person is told of events that count nothing."""
