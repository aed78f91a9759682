"""One fold of one table: Rookery and the libraries are given the same rows, and then asked."""

import time
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

import numpy as np
import pandas as pd

import rookery
from rookery_local.folder.home import Home
from tools.league.entries import Entry
from tools.league.folds import OuterFold
from tools.league.library_answers import library_answers
from tools.league.processor_time import processor_time
from tools.league.results import Budget, Library, Round
from tools.league.scores import Answers, Truth, error_of_difference, score
from tools.league.served import Answered, ask_all


@dataclass(frozen=True)
class Trained:
    """What Rookery made of a table."""

    model: rookery.ServedModel | None
    """None where nothing was promoted."""
    rejection: str
    seconds: float
    processor_seconds: float


def play(entry: Entry, fold: OuterFold, budget: Budget, home: Path, folder: Path) -> Round:
    """Lets all contestants play; files are written into `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    name = _new_name(home, f"{entry.model}-{fold.number}")
    training, test = folder / f"{name}.csv", folder / f"{name}-test.csv"
    fold.training.to_csv(training, index=False)
    fold.test.to_csv(test, index=False)
    trained = train(entry, training, name, budget, home)
    told, libraries = library_answers(entry, training, test, budget, folder / "libraries")
    answered = ask_all(trained.model, home, fold.test) if trained.model else None
    labels = tuple(str(label) for label in told.pop("labels"))
    truth = _truth(entry, fold.truth, labels)
    prior = _prior(entry, fold.training[entry.target], labels)
    ours = None if answered is None else _ours(answered, labels, prior)
    return Round(
        fold=fold.number,
        rows=len(fold.training),
        asked=len(fold.test),
        score=None if ours is None else score(entry.metric, truth, ours),
        rejection=trained.rejection,
        estimator=answered.estimator if answered else "",
        seconds=trained.seconds,
        processor_seconds=trained.processor_seconds,
        rows_per_second=answered.rows_per_second if answered else 0.0,
        latency=answered.latency if answered else 0.0,
        refused=int(answered.refused.sum()) if answered else 0,
        labels_that_differ=answered.labels_that_differ if answered else 0,
        largest_difference=answered.largest_difference if answered else 0.0,
        libraries={
            library: Library(
                score=score(entry.metric, truth, answers),
                error_of_difference=0.0
                if ours is None
                else error_of_difference(entry.metric, truth, ours, answers),
                **libraries[library],
            )
            for library, answers in told.items()
        },
        day=datetime.now(UTC).date().isoformat(),
    )


def _new_name(home: Path, begin: str) -> str:
    """Names a model that the stack does not know: what a run that was ended left is not counted."""
    taken = {path.stem for path in Home(home).specs.glob(f"{begin}-*.yaml")}
    return next(name for attempt in count(1) if (name := f"{begin}-{attempt}") not in taken)


def train(entry: Entry, table: Path, name: str, budget: Budget, home: Path) -> Trained:
    """Takes the file to a served model: `init` untouched, ingest, sweep, gate."""
    model, rejection = None, ""
    with processor_time() as spent:
        begun = time.perf_counter()
        try:
            model = rookery.run(
                table,
                entry.target,
                name=name,
                trials=budget.trials,
                estimator=budget.estimator,
                home=home,
            )
        except rookery.NotPromoted as refusal:
            rejection = str(refusal)
        except rookery.Refused as refusal:
            rejection = f"refused: {refusal}"
        seconds = time.perf_counter() - begun
    return Trained(model, rejection, seconds, spent.seconds)


def _truth(entry: Entry, texts: pd.Series, labels: tuple[str, ...]) -> Truth:
    if entry.task == "number":
        return texts.to_numpy(dtype=np.float64)
    return np.array([labels.index(text) for text in texts], dtype=np.intp)


def _prior(entry: Entry, texts: pd.Series, labels: tuple[str, ...]) -> Answers:
    if entry.task == "number":
        return np.array(texts.astype(np.float64).mean())
    shares = texts.value_counts(normalize=True)
    return np.array([shares[label] for label in labels], dtype=np.float64)


def _ours(answered: Answered, labels: tuple[str, ...], prior: Answers) -> Answers:
    """Puts Rookery's classes in the order of `labels`, and the prior where it refused."""
    answers = answered.answers.copy()
    if labels:
        known = {_folded(label): place for place, label in enumerate(answered.labels)}
        answers = answers[:, [known[_folded(label)] for label in labels]]
    answers[answered.refused] = prior
    return answers


def _folded(label: str) -> str:
    """Writes a boolean target's words as the model's two classes."""
    return {"1": "true", "0": "false", "yes": "true", "no": "false"}.get(
        label.strip().casefold(), label.strip().casefold()
    )
