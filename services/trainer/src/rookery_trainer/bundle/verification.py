"""Verification: an exported model is served only if it answers as its original does."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from sklearn.pipeline import Pipeline

from rookery_core.errors import Refused
from rookery_core.labels import predicted_classes
from rookery_core.manifest import PROBABILITY_TOLERANCE
from rookery_core.spec.model_spec import ModelSpec
from rookery_trainer.bundle.served import ServedModel
from rookery_trainer.model.pipeline import probabilities


@dataclass(frozen=True)
class Agreement:
    """How well an exported model agrees with its original."""

    rows: int
    """Rows that both answered."""
    largest_difference: float
    """Between their probabilities."""


def verify(
    pipeline: Pipeline, served: ServedModel, spec: ModelSpec, rows: pd.DataFrame
) -> Agreement:
    """The agreement of `served` with `pipeline` on `rows`.

    Raises:
        Refused: where a label differs, or a probability by more than `PROBABILITY_TOLERANCE`.
    """
    original = probabilities(pipeline, spec, rows)
    exported = served.probabilities(rows)
    differences = np.abs(original - exported).max(axis=1)
    # Negated: a NaN on either side is no agreement.
    apart = int((~(differences <= PROBABILITY_TOLERANCE)).sum())
    labels = int((predicted_classes(original) != predicted_classes(exported)).sum())
    if apart or labels:
        raise Refused(
            f"the exported {type(pipeline[-1]).__name__} of {spec.name!r} differs from "
            f"scikit-learn's on {apart} of {len(rows)} rows in probability (by up to "
            f"{differences.max():.2g}) and on {labels} in label; it is not served: "
            "choose another estimator or search space"
        )
    return Agreement(rows=len(rows), largest_difference=float(differences.max()))
