"""A calibrated pipeline as a scikit-learn model that any client can load.

It is a `StackingClassifier` of the one pipeline: what it stacks is logarithms of probabilities, and
what stands above them is a logistic regression whose coefficients are the calibration's.
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from scipy.special import logit
from sklearn.ensemble import StackingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import FunctionTransformer

from rookery_core.manifest import Calibration
from rookery_trainer.model.calibration import LEAST

MODEL = "model"
_SCALE = "scale"
_ROWS_OF_EACH = 3
"""With fewer rows of a class scikit-learn takes the labels for numbers, and warns."""
TRUSTED_TYPES = ("numpy.clip", "sklearn.utils._bunch.Bunch")
"""What it is made of beyond the pipeline and skops' own list: a function, and a dictionary."""


def with_calibration(
    pipeline: Pipeline,
    calibration: Calibration,
    features: pd.DataFrame,
    classes_of_spec: Sequence[str],
) -> StackingClassifier:
    """Puts the calibration behind a fitted pipeline.

    Args:
        features: any rows of the model's columns.
        classes_of_spec: in whose order the calibration was fitted.
    """
    classes = pipeline.classes_
    binary = len(classes) == 2
    most = 1 - LEAST if binary else 1.0
    above = Pipeline(
        [
            ("clip", FunctionTransformer(np.clip, kw_args={"a_min": LEAST, "a_max": most})),
            # Of two classes it is given the second's probability alone.
            ("log", FunctionTransformer(logit if binary else np.log)),
            # Its first step is its last: what it learns is replaced.
            (_SCALE, LogisticRegression(tol=1.0)),
        ]
    )
    model = StackingClassifier(
        [(MODEL, pipeline)], final_estimator=above, cv="prefit", stack_method="predict_proba"
    )
    # Fitted to learn the classes; what it has learned above them is then replaced.
    labels = np.repeat(classes, _ROWS_OF_EACH)
    model.fit(features.iloc[np.arange(len(labels)) % len(features)], labels)
    last: LogisticRegression = model.final_estimator_.named_steps[_SCALE]
    scales = np.array([[calibration.scale]]) if binary else np.eye(len(classes)) * calibration.scale
    last.coef_ = scales
    # The pipeline's classes are in the order of their names.
    offset = calibration.offset * (1 if list(classes) == list(classes_of_spec) else -1)
    last.intercept_ = np.array([offset]) if binary else np.zeros(len(classes))
    last.n_iter_ = np.zeros(1, dtype=np.int32)
    return model
