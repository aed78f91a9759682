"""Verification: an exported model is served only if it answers as its original does."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from sklearn.pipeline import Pipeline

from rookery_core.errors import Refused
from rookery_core.labels import Cut, predicted_classes
from rookery_core.manifest import PROBABILITY_TOLERANCE, VALUE_TOLERANCE
from rookery_core.spec.model_spec import ModelSpec
from rookery_trainer.bundle.served import ServedModel
from rookery_trainer.model.answers import FittedModel, pipeline_of
from rookery_trainer.model.pipeline import ClassModel, probabilities
from rookery_trainer.model.row_blocks import in_blocks
from rookery_trainer.model.target import TargetScale


@dataclass(frozen=True)
class Agreement:
    """How well an exported model agrees with its original."""

    rows: int
    """Rows that both answered."""
    largest_difference: float
    """Between their probabilities, or their numbers as a share of the target's deviation."""


def verify(
    model: FittedModel,
    served: ServedModel,
    spec: ModelSpec,
    rows: pd.DataFrame,
    cut: Cut | None = None,
) -> Agreement:
    """Returns the agreement of `served` with `model` on `rows`.

    Raises:
        Refused: where a label differs, or an answer by more than it may.
    """
    if served.scale is not None:
        return _verify_values(pipeline_of(model), served, served.scale, spec, rows)
    return _verify_classes(model, served, spec, rows, cut)


def _verify_values(
    pipeline: Pipeline,
    served: ServedModel,
    scale: TargetScale,
    spec: ModelSpec,
    rows: pd.DataFrame,
) -> Agreement:
    """Compares what the pipeline and the graph say of the target before its mean is added."""
    original = in_blocks(lambda block: pipeline.predict(block).astype(np.float64), rows)
    exported = served.graph_answers(rows)[:, 0]
    differences = np.abs(original - exported)
    # Of a number 80 deviations from the mean, float32 itself leaves no more.
    allowed = VALUE_TOLERANCE * scale.deviation + np.spacing(np.abs(original).astype(np.float32))
    # Negated: a NaN on either side is no agreement.
    apart = int((~(differences <= allowed)).sum())
    largest = float(differences.max()) / scale.deviation
    if apart:
        raise Refused(
            f"the exported {type(pipeline[-1]).__name__} of {spec.name!r} differs from "
            f"scikit-learn's on {apart} of {len(rows)} rows (by up to {largest:.2g} standard "
            "deviations of the target); it is not served: choose another estimator or search space"
        )
    return Agreement(rows=len(rows), largest_difference=largest)


def _verify_classes(
    model: ClassModel,
    served: ServedModel,
    spec: ModelSpec,
    rows: pd.DataFrame,
    cut: Cut | None = None,
) -> Agreement:
    """The agreement of `served` with `model` on `rows`.

    Raises:
        Refused: where a label differs, or a probability by more than `PROBABILITY_TOLERANCE`.
    """
    original = in_blocks(lambda block: probabilities(model, spec, block), rows)
    exported = served.answers(rows)
    differences = np.abs(original - exported).max(axis=1)
    # Negated: a NaN on either side is no agreement.
    apart = int((~(differences <= PROBABILITY_TOLERANCE)).sum())
    labels = int((predicted_classes(original, cut) != predicted_classes(exported, cut)).sum())
    if apart or labels:
        raise Refused(
            f"the exported {type(pipeline_of(model)[-1]).__name__} of {spec.name!r} differs from "
            f"scikit-learn's on {apart} of {len(rows)} rows in probability (by up to "
            f"{differences.max():.2g}) and on {labels} in label; it is not served: "
            "choose another estimator or search space"
        )
    return Agreement(rows=len(rows), largest_difference=float(differences.max()))
