"""What has to be true of features for anything to be learned from them."""

import numpy as np
from pandas import DataFrame, Series

from rookery_core.errors import Refused
from rookery_core.manifest import MISSING_CATEGORY
from rookery_core.spec.columns import NumberColumn
from rookery_core.spec.model_spec import ModelSpec


def check_float32(spec: ModelSpec, table: DataFrame) -> None:
    """Checks that numbers which differ in the table differ for a model too.

    Raises:
        Refused: all values of a feature are one number in float32, and several in the table.
    """
    for column in spec.feature_columns:
        if not isinstance(column, NumberColumn):
            continue
        known = table[column.name].dropna().astype(np.float64)
        if known.nunique() > 1 and known.astype(np.float32).nunique() == 1:
            low, high = float(known.min()), float(known.max())
            raise Refused(
                f"the {known.nunique()} different values of {column.name!r} of {spec.name!r}, from "
                f"{low!r} to {high!r}, are one number in float32, which a model reads (7 digits); "
                "subtract what they share, or give the column in another unit"
            )


def check_features(spec: ModelSpec, training: DataFrame, held: int) -> None:
    """Checks that every feature has at least two values among the training rows.

    `held`: how many rows are held out.

    Raises:
        Refused: no rows, or a feature that is missing everywhere or the same everywhere.
    """
    if training.empty and held:
        raise Refused(
            f"{spec.name!r} has no training row: all {held} rows with a known {spec.target!r} are "
            "held out, for rows that are alike are on one side; add a feature that tells rows "
            "apart, or choose another holdout.salt"
        )
    if training.empty:
        raise Refused(
            f"{spec.name!r} has no training row with a known {spec.target!r}; ingest rows"
        )
    for column in spec.feature_columns:
        cells = training[column.name]
        known = cells.dropna() if isinstance(column, NumberColumn) else cells
        if known.nunique() < 2:
            what = "missing in all" if _all_missing(known) else "the same in all"
            raise Refused(
                f"the feature {column.name!r} of {spec.name!r} is {what} {len(training)} training "
                "rows, so nothing can be learned from it; drop it from features or ingest more rows"
            )


def _all_missing(known: Series) -> bool:
    return known.empty or known.iloc[0] == MISSING_CATEGORY
