"""A model with a threshold as a scikit-learn model that any client can load.

It is a `FixedThresholdClassifier` of the fitted model: its probabilities are the model's own, and
its labels are those that the bundle answers.
"""

from sklearn.model_selection import FixedThresholdClassifier

from rookery_core.labels import Cut
from rookery_trainer.model.pipeline import ClassModel


def with_threshold(model: ClassModel, cut: Cut, positive: str) -> FixedThresholdClassifier:
    """Puts the threshold behind a fitted model.

    Args:
        positive: the name of the positive class.
    """
    found = FixedThresholdClassifier(
        model, threshold=cut.least, pos_label=positive, response_method="predict_proba"
    )
    # What `fit` would learn, without fitting the model again.
    found.estimator_ = model
    return found
