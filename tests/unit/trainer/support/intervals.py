"""Tables of numbers, and how many truths of new rows lie within the intervals of models."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.datasets import load_diabetes

from rookery_core.manifest import Residuals
from rookery_core.spec.model_spec import ModelSpec
from rookery_core.spec.spec_yaml import parse_spec
from rookery_trainer.data.rows import Rows, row_keys
from rookery_trainer.model.answers import answers
from rookery_trainer.model.cross_validation import fit_rows
from rookery_trainer.model.out_of_fold import out_of_fold
from rookery_trainer.model.residuals import COVERAGE, find_residuals, interval_worth
from rookery_trainer.model.trial import Configuration

SHARE = 0.9
TARGET = "target"
CONCRETE = Path(__file__).parents[4] / "examples" / "concrete.csv"
Numbers = NDArray[np.float64]


def interval_spec(table: pd.DataFrame, **keys: object) -> ModelSpec:
    """Makes the spec of a table of numbers, whose models answer an interval."""
    document = {
        "spec": 2,
        "name": "table",
        "source": {"url": "file:table.csv"},
        "columns": [{"name": name, "kind": "number"} for name in table.columns],
        "target": TARGET,
        "features": "all",
        "interval": SHARE,
        **keys,
    }
    return parse_spec(json.dumps(document), "table")


def interval_rows(table: pd.DataFrame) -> Rows:
    """Makes rows of the table."""
    return Rows(
        table.drop(columns=TARGET).astype(np.float32).reset_index(drop=True),
        np.zeros(len(table), dtype=np.intp),
        row_keys(f"{place:09}".encode() for place in range(len(table))),
        values=table[TARGET].to_numpy(dtype=np.float64),
    )


def drawn(kind: str, rows: int, seed: int = 0) -> pd.DataFrame:
    """Draws rows with noise of the kind: `gaussian`, `heavy-tailed`, `multiplicative`."""
    generator = np.random.default_rng([seed, rows])
    features = generator.normal(size=(rows, 4))
    signal = features @ [1.0, 0.5, 0.25, 0.0]
    noise = generator.standard_t(2, rows) if kind == "heavy-tailed" else generator.normal(size=rows)
    target = np.exp(3 + 0.5 * (signal + noise)) if kind == "multiplicative" else signal + noise
    return pd.DataFrame(features, columns=list("abcd")).assign(**{TARGET: target})


def concrete() -> pd.DataFrame:
    """Reads the shipped example."""
    return pd.read_csv(CONCRETE).rename(columns={"compressive_strength": TARGET})


def diabetes() -> pd.DataFrame:
    """Reads scikit-learn's table of 442 patients."""
    frame: pd.DataFrame = load_diabetes(as_frame=True).frame
    return frame


TABLES: Mapping[str, tuple[Callable[[int], pd.DataFrame], Mapping[str, object]]] = {
    "gaussian, 300 rows": (lambda seed: drawn("gaussian", 2_300, seed), {}),
    "heavy-tailed, 300 rows": (lambda seed: drawn("heavy-tailed", 2_300, seed), {}),
    "multiplicative, 300 rows": (lambda seed: drawn("multiplicative", 2_300, seed), {}),
    "multiplicative, 300 rows, log": (
        lambda seed: drawn("multiplicative", 2_300, seed),
        {"transform": "log"},
    ),
    "diabetes": (lambda _: diabetes(), {}),
    "concrete": (lambda _: concrete(), {}),
}
"""By name, a table by its seed, and keys of its spec."""
FEW = 300
"""Rows that are fitted where more than 2,000 were drawn; else four fifths."""


def found_by(
    table: pd.DataFrame, keys: Mapping[str, object], configuration: Configuration, seed: int
) -> tuple[Residuals, float]:
    """Fits some of the rows; returns the residuals, and the coverage of the others."""
    spec = interval_spec(table, seed=seed, **keys)
    order = np.random.default_rng(seed).permutation(len(table))
    parted = FEW if len(table) > 2_000 else len(table) * 4 // 5
    training = interval_rows(table.iloc[order[:parted]])
    others = interval_rows(table.iloc[order[parted:]])
    told = out_of_fold(spec, training, configuration, seed, map)
    residuals = find_residuals(spec, training, told)
    assert residuals is not None
    fitted = fit_rows(spec, training, configuration, seed)
    answered = answers(fitted, spec, others.features)
    worth = interval_worth(residuals, others, answered, spec.transform)
    return residuals, worth[COVERAGE]
