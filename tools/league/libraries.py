"""What libraries answer, tuned by hand: libraries.py TRAINING.csv TEST.csv ANSWERS.npz OPTIONS

It runs in the environment of the tables (`make .venv/tables`), by its path, and imports nothing of
this project. LightGBM and XGBoost get the same budget as a sweep: so many random configurations,
the defaults first, each cross-validated over five folds with early stopping; the best by log loss
or squared error is fitted to all rows. Of scikit-learn three estimators are taken with their
defaults. `ANSWERS.npz` holds the answers of each by its name, and `OPTIONS` is JSON with `target`,
`task`, `trials`, `threads` and `seed`. Standard output says in JSON what each took.
"""

import json
import resource
import sys
import time
import warnings
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import lightgbm
import numpy as np
import pandas as pd
import xgboost
from numpy.typing import NDArray
from sklearn.base import BaseEstimator
from sklearn.compose import make_column_selector, make_column_transformer
from sklearn.ensemble import (
    HistGradientBoostingClassifier,
    HistGradientBoostingRegressor,
    RandomForestClassifier,
    RandomForestRegressor,
)
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.metrics import log_loss, mean_squared_error
from sklearn.model_selection import KFold, StratifiedKFold
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

FOLDS = 5
ROUNDS = 2000
PATIENCE = 50
"""Rounds without a gain after which boosting ends."""
MOST_LABELS = 200
"""Texts with more distinct values are no category here."""

Answers = NDArray[np.float64]
Parameters = Mapping[str, Any]


@dataclass(frozen=True)
class Problem:
    """The rows, as a data scientist hands them to a library."""

    training: pd.DataFrame
    truth: NDArray[Any]
    """Class indices or values [N]."""
    test: pd.DataFrame
    classes: int
    """0 where the target is a number."""
    trials: int
    threads: int
    seed: int

    @property
    def folds(self) -> list[tuple[NDArray[np.intp], NDArray[np.intp]]]:
        """The folds of every trial."""
        kind = StratifiedKFold if self.classes else KFold
        splitter = kind(FOLDS, shuffle=True, random_state=self.seed)
        return list(splitter.split(self.training, self.truth))


def main(training: Path, test: Path, answers: Path, options: Mapping[str, Any]) -> None:
    """Writes the answers of every library and prints what each took."""
    problem, labels = read_problem(training, test, options)
    told: dict[str, Any] = {}
    took = {}
    for name, answer in CONTESTANTS.items():
        begun, before = time.perf_counter(), _processor_seconds()
        told[name] = answer(problem)
        took[name] = {
            "seconds": time.perf_counter() - begun,
            "processor_seconds": _processor_seconds() - before,
        }
    np.savez(answers, labels=np.array(labels), **told)
    sys.stdout.write(json.dumps(took))


def read_problem(
    training: Path, test: Path, options: Mapping[str, Any]
) -> tuple[Problem, list[str]]:
    """Reads both files, texts as categories of the training rows; returns the labels too."""
    target = options["target"]
    rows = pd.read_csv(training, skipinitialspace=True)
    asked = pd.read_csv(test, skipinitialspace=True)
    if options["task"] == "classes":
        texts = pd.read_csv(training, usecols=[target], dtype=str, keep_default_na=False)[target]
        codes, found = pd.factorize(texts.str.strip(), sort=True)
        truth: NDArray[Any] = codes
        labels = [str(label) for label in found]
    else:
        truth, labels = rows[target].to_numpy(dtype=np.float64), []
    features: dict[str, Any] = {}
    wanted: dict[str, Any] = {}
    for name in rows.columns.drop(target):
        column = rows[name]
        if pd.api.types.is_bool_dtype(column):
            features[name], wanted[name] = column.astype(float), asked[name].astype(float)
        elif pd.api.types.is_numeric_dtype(column):
            features[name] = column.astype(float)
            wanted[name] = pd.to_numeric(asked[name], errors="coerce").astype(float)
        elif column.nunique() <= MOST_LABELS:
            kind = pd.CategoricalDtype(sorted(column.dropna().astype(str).unique()))
            features[name] = column.astype(str).where(column.notna()).astype(kind)
            wanted[name] = asked[name].astype(str).where(asked[name].notna()).astype(kind)
    return (
        Problem(
            pd.DataFrame(features),
            truth,
            pd.DataFrame(wanted),
            len(labels),
            options["trials"],
            options["threads"],
            options["seed"],
        ),
        labels,
    )


def lightgbm_tuned(problem: Problem) -> Answers:
    """Answers with the best of the configurations of LightGBM."""
    kind = lightgbm.LGBMClassifier if problem.classes else lightgbm.LGBMRegressor

    def make(parameters: Parameters, rounds: int) -> Any:
        return kind(
            **parameters,
            n_estimators=rounds,
            n_jobs=1,
            random_state=problem.seed,
            verbose=-1,
        )

    def fit_stopping(parameters: Parameters, fold: tuple[Any, Any]) -> tuple[Answers, int]:
        seen, unseen = fold
        model = make(parameters, ROUNDS)
        held = problem.training.iloc[unseen], problem.truth[unseen]
        stop = lightgbm.early_stopping(PATIENCE, verbose=False)
        model.fit(
            problem.training.iloc[seen], problem.truth[seen], eval_set=[held], callbacks=[stop]
        )
        return _told(model, held[0], problem), max(model.best_iteration_, 1)

    def draw(generator: np.random.Generator) -> Parameters:
        return {
            "learning_rate": _log_uniform(generator, 0.01, 0.3),
            "num_leaves": round(_log_uniform(generator, 8, 128)),
            "min_child_samples": round(_log_uniform(generator, 5, 100)),
            "colsample_bytree": generator.uniform(0.5, 1),
            "reg_lambda": _log_uniform(generator, 1e-3, 10),
        }

    return _tuned(problem, make, fit_stopping, draw)


def xgboost_tuned(problem: Problem) -> Answers:
    """Answers with the best of the configurations of XGBoost."""
    kind = xgboost.XGBClassifier if problem.classes else xgboost.XGBRegressor

    def make(parameters: Parameters, rounds: int, patience: int | None = None) -> Any:
        return kind(
            **parameters,
            n_estimators=rounds,
            n_jobs=1,
            random_state=problem.seed,
            tree_method="hist",
            enable_categorical=True,
            early_stopping_rounds=patience,
        )

    def fit_stopping(parameters: Parameters, fold: tuple[Any, Any]) -> tuple[Answers, int]:
        seen, unseen = fold
        model = make(parameters, ROUNDS, PATIENCE)
        held = problem.training.iloc[unseen], problem.truth[unseen]
        model.fit(problem.training.iloc[seen], problem.truth[seen], eval_set=[held], verbose=False)
        return _told(model, held[0], problem), model.best_iteration + 1

    def draw(generator: np.random.Generator) -> Parameters:
        return {
            "learning_rate": _log_uniform(generator, 0.01, 0.3),
            "max_depth": int(generator.integers(3, 11)),
            "min_child_weight": _log_uniform(generator, 0.5, 20),
            "subsample": generator.uniform(0.6, 1),
            "colsample_bytree": generator.uniform(0.5, 1),
            "reg_lambda": _log_uniform(generator, 1e-3, 10),
        }

    return _tuned(problem, make, fit_stopping, draw)


def _tuned(
    problem: Problem,
    make: Callable[[Parameters, int], Any],
    fit_stopping: Callable[[Parameters, tuple[Any, Any]], tuple[Answers, int]],
    draw: Callable[[np.random.Generator], Parameters],
) -> Answers:
    generator = np.random.default_rng(problem.seed)
    folds = problem.folds
    found: list[tuple[float, Parameters, int]] = []
    # A fit has one thread, as in a sweep: threads of one fit wait for each other on a busy machine.
    with ThreadPoolExecutor(problem.threads) as pool:
        for trial in range(problem.trials):
            parameters = draw(generator) if trial else {}
            fitted = list(pool.map(partial(fit_stopping, parameters), folds))
            losses = [
                _loss(problem, problem.truth[unseen], told)
                for (_, unseen), (told, _) in zip(folds, fitted, strict=True)
            ]
            rounds = round(float(np.mean([count for _, count in fitted])))
            found.append((float(np.mean(losses)), parameters, rounds))
    _, parameters, rounds = min(found, key=lambda each: each[0])
    model = make(parameters, rounds).fit(problem.training, problem.truth)
    return _told(model, problem.test, problem)


def hist_gradient_boosting(problem: Problem) -> Answers:
    """Answers with scikit-learn's histogram boosting as it comes."""
    kind = HistGradientBoostingClassifier if problem.classes else HistGradientBoostingRegressor
    return _fitted(problem, kind(random_state=problem.seed, categorical_features="from_dtype"))


def random_forest(problem: Problem) -> Answers:
    """Answers with scikit-learn's forest as it comes."""
    kind = RandomForestClassifier if problem.classes else RandomForestRegressor
    return _fitted(problem, make_pipeline(_encoder(), kind(random_state=problem.seed, n_jobs=1)))


def linear(problem: Problem) -> Answers:
    """Answers with scikit-learn's logistic or ridge regression, of standardised columns."""
    last = LogisticRegression(max_iter=1000) if problem.classes else Ridge()
    return _fitted(problem, make_pipeline(_encoder(), StandardScaler(), last))


def _encoder() -> BaseEstimator:
    texts = make_column_selector(dtype_include="category")
    numbers = make_column_selector(dtype_exclude="category")
    encode = OneHotEncoder(handle_unknown="ignore", sparse_output=False)
    return make_column_transformer(
        (SimpleImputer(strategy="median", keep_empty_features=True), numbers), (encode, texts)
    )


def _fitted(problem: Problem, model: Any) -> Answers:
    return _told(model.fit(problem.training, problem.truth), problem.test, problem)


def _told(model: Any, rows: pd.DataFrame, problem: Problem) -> Answers:
    told: Answers = model.predict_proba(rows) if problem.classes else model.predict(rows)
    return np.asarray(told, dtype=np.float64)


def _loss(problem: Problem, truth: NDArray[Any], told: Answers) -> float:
    if problem.classes:
        return float(log_loss(truth, told, labels=range(problem.classes)))
    return float(mean_squared_error(truth, told))


def _log_uniform(generator: np.random.Generator, low: float, high: float) -> float:
    return float(np.exp(generator.uniform(np.log(low), np.log(high))))


def _processor_seconds() -> float:
    spent = resource.getrusage(resource.RUSAGE_SELF)
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return spent.ru_utime + spent.ru_stime + children.ru_utime + children.ru_stime


CONTESTANTS: dict[str, Callable[[Problem], Answers]] = {
    "lightgbm": lightgbm_tuned,
    "xgboost": xgboost_tuned,
    "hist_gradient_boosting": hist_gradient_boosting,
    "random_forest": random_forest,
    "linear": linear,
}

if __name__ == "__main__":
    warnings.simplefilter("ignore")
    main(Path(sys.argv[1]), Path(sys.argv[2]), Path(sys.argv[3]), json.loads(sys.argv[4]))
