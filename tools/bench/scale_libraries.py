"""Fits of bare libraries to a table: scale_libraries.py TABLE.csv

It runs in the environment of the tables (`make .venv/tables`), by its path, and imports nothing of
this project. Each fit is timed from the frame on, with one thread and 100 trees where it has trees.
"""

import json
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import lightgbm
import pandas as pd
import xgboost
from sklearn.compose import make_column_selector, make_column_transformer
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

TREES: Mapping[str, Any] = {"n_estimators": 100, "max_depth": 8, "n_jobs": 1}


def encoded(estimator: Any) -> Pipeline:
    """Puts the usual steps before an estimator that takes neither gaps nor texts."""
    numbers = make_column_selector(dtype_include="number")
    columns = make_column_transformer(
        (make_pipeline(SimpleImputer(), StandardScaler()), numbers),
        (OneHotEncoder(), make_column_selector(dtype_exclude="number")),
    )
    return make_pipeline(columns, estimator)


def with_categories(features: pd.DataFrame) -> pd.DataFrame:
    """Makes texts categories, which the boosted ones take as they are."""
    texts = features.select_dtypes(exclude="number").columns
    return features.astype(dict.fromkeys(texts, "category"))


def fits(features: pd.DataFrame, truth: "pd.Series[int]") -> dict[str, Callable[[], object]]:
    """Prepares the fits, by what is measured."""
    categories = with_categories(features)
    boosted = HistGradientBoostingClassifier(
        max_iter=100, early_stopping=False, categorical_features="from_dtype"
    )
    forest = encoded(RandomForestClassifier(**TREES))
    light = lightgbm.LGBMClassifier(**TREES, verbose=-1)
    extreme = xgboost.XGBClassifier(**TREES, tree_method="hist", enable_categorical=True)
    return {
        "bare scikit-learn, logistic regression": lambda: encoded(LogisticRegression()).fit(
            features, truth
        ),
        "bare scikit-learn, random forest": lambda: forest.fit(features, truth),
        "bare scikit-learn, histogram boosting": lambda: boosted.fit(categories, truth),
        "bare LightGBM": lambda: light.fit(categories, truth),
        "bare XGBoost": lambda: extreme.fit(categories, truth),
    }


def measured(run: Callable[[], object]) -> dict[str, float]:
    """Measures seconds, processor seconds, and extra megabytes at the peak."""
    # Linux: 5 starts the peak anew (proc_pid_clear_refs(5)).
    Path("/proc/self/clear_refs").write_text("5")
    before, begun, cpu = resident("VmRSS"), time.perf_counter(), time.process_time()
    run()
    return {
        "seconds": time.perf_counter() - begun,
        "cpu_seconds": time.process_time() - cpu,
        "extra_mb": (resident("VmHWM") - before) / 1024,
    }


def resident(field: str) -> int:
    """Reads a size of this process, in KiB."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(field))


def main() -> None:
    """Prints a JSON line for each fit."""
    table = pd.read_csv(sys.argv[1]).sample(frac=0.8, random_state=1)
    truth = (table.pop("y") == "yes").astype(int)
    for step, run in fits(table, truth).items():
        print(json.dumps({**measured(run), "step": step}), flush=True)


if __name__ == "__main__":
    main()
