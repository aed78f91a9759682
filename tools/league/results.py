"""The file of results of a table: written after every fold, so that a run may end at any time."""

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path


@dataclass(frozen=True)
class Budget:
    """What every contestant may spend."""

    trials: int
    estimator: str | None = None
    """The one that Rookery is told; what `init` writes if none."""


@dataclass(frozen=True)
class Library:
    """What a library did on one fold."""

    score: float
    seconds: float
    processor_seconds: float
    error_of_difference: float
    """The standard error of Rookery's score minus this one."""


@dataclass(frozen=True)
class Round:
    """One fold of a table."""

    fold: int
    rows: int
    """Rows that were given."""
    asked: int
    """Rows that were then asked."""
    score: float | None
    """Of the served model; None where nothing was promoted."""
    rejection: str
    """Why nothing was promoted; empty where something was."""
    estimator: str
    seconds: float
    """From the file to the first answer of the model."""
    processor_seconds: float
    """Of `init`, ingest and trainer, without the servers."""
    rows_per_second: float
    """Answered over HTTP, a thousand in a request."""
    latency: float
    """The median of a request of one row, in milliseconds."""
    refused: int
    """Rows that the model does not take; scored as the share of each class, or the mean."""
    labels_that_differ: int
    """Between the API and the logged scikit-learn model; of numbers, those that differ visibly."""
    largest_difference: float
    """Between their probabilities, or their values in standard deviations of the target."""
    libraries: dict[str, Library] = field(default_factory=dict)
    day: str = ""
    """On which it was played."""


def read_rounds(path: Path, budget: Budget) -> dict[int, Round]:
    """Reads the rounds that were played with that budget, by their folds."""
    if not path.exists():
        return {}
    known = json.loads(path.read_text(encoding="utf-8"))
    if known["budget"] != asdict(budget):
        return {}
    rounds = [
        Round(**{**each, "libraries": {k: Library(**v) for k, v in each["libraries"].items()}})
        for each in known["rounds"]
    ]
    return {each.fold: each for each in rounds}


def write_rounds(path: Path, budget: Budget, rounds: dict[int, Round]) -> None:
    """Writes the rounds; whoever reads the file sees a whole one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    whole = path.with_suffix(".new")
    found = [asdict(rounds[fold]) for fold in sorted(rounds)]
    whole.write_text(json.dumps({"budget": asdict(budget), "rounds": found}, indent=1) + "\n")
    whole.rename(path)
