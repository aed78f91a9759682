"""The outer folds of a table: what a contestant is given, and what it is then asked."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.model_selection import KFold, StratifiedKFold

from tools.league.entries import Entry

FOLDS = 10
SEED = 20


@dataclass(frozen=True)
class OuterFold:
    """One fold of a table; all cells are the texts of the file."""

    number: int
    training: pd.DataFrame
    test: pd.DataFrame
    """Without the target."""
    truth: pd.Series
    """The target of `test`, as text."""


def read_table(path: Path, entry: Entry) -> pd.DataFrame:
    """Reads the rows whose target is known, every cell as the text that it is."""
    table = pd.read_csv(path, dtype=str, keep_default_na=False)
    table.columns = table.columns.str.strip()
    table[entry.target] = table[entry.target].str.strip()
    return table[table[entry.target] != ""].reset_index(drop=True)


def outer_fold(entry: Entry, table: pd.DataFrame, number: int) -> OuterFold:
    """Divides the table into ten folds, always the same, and returns the one of that number."""
    training, test = _positions(entry, table[entry.target])[number]
    held = table.iloc[test]
    return OuterFold(
        number,
        table.iloc[training],
        held.drop(columns=entry.target),
        held[entry.target],
    )


def _positions(entry: Entry, target: pd.Series) -> list[tuple[NDArray[np.intp], NDArray[np.intp]]]:
    kind = KFold if entry.task == "number" else StratifiedKFold
    return list(kind(FOLDS, shuffle=True, random_state=SEED).split(target, target))
