"""The registry of estimators: how each is made, and what the trainer has to know of it.

The names, and what a search space may hold, are in `rookery_core.spec.estimators`, which needs no
scikit-learn. Each recipe was measured to export without a change of meaning
(docs/decisions/0001-reviewed-estimators.md).
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sklearn.base import ClassifierMixin, RegressorMixin
from sklearn.calibration import CalibratedClassifierCV
from sklearn.ensemble import (
    ExtraTreesClassifier,
    ExtraTreesRegressor,
    GradientBoostingClassifier,
    GradientBoostingRegressor,
    RandomForestClassifier,
    RandomForestRegressor,
)
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.model_selection import StratifiedKFold
from sklearn.neighbors import KNeighborsClassifier, KNeighborsRegressor
from sklearn.svm import SVC

from rookery_core.errors import Refused
from rookery_core.spec.estimators import CLASS_WEIGHT, EstimatorName
from rookery_core.spec.task import Loss, Task
from rookery_trainer.boosting.estimators import (
    histogram_classifier,
    histogram_regressor,
    xgboost_classifier,
    xgboost_regressor,
)

CALIBRATION_FOLDS = 3
"""Folds within the training rows from which a calibrated SVC learns its probabilities."""
FEW_ROWS = 5_000
"""Training rows up to which estimators whose time grows with their square are tried, and the
parameters of linear ones are drawn."""
SOME_ROWS = 10_000
"""Training rows up to which gradient boosting with exact splits is tried: of more, histogram
boosting finds the same in a fiftieth of the time."""
MANY_ROWS = 100_000
"""Training rows up to which forests are tried: as it is by default, a forest has a leaf for nearly
every row in each of its hundred trees."""
SOME_CELLS = 2_000_000
"""Cells of the rows on which trials are compared, up to which boosting with exact splits is tried:
of so many a fold takes it some ten seconds."""
MANY_CELLS = 10_000_000
"""The same for histogram boosting, which looks at each bin of each column in each node."""
MOST_CELLS = 100_000_000
"""The same for XGBoost, which takes about half as long."""
MANY_CLASSES = 80
"""Classes up to which support vectors are tried: of each class their graph has some 57 nodes."""
JITTER = 1e-6
"""How far k-nearest neighbours' training points are moved, in standard deviations."""


@dataclass(frozen=True)
class Estimator:
    """An estimator that was reviewed, in its forms."""

    classifier: Callable[[dict[str, Any], int], ClassifierMixin] | None
    """Makes it unfitted from its parameters and a seed; it uses one thread. None where it has no
    such form."""
    regressor: Callable[[dict[str, Any], int, Loss], RegressorMixin] | None
    """The same for a target that is a number. It keeps the loss small where it can: a mean of
    neighbours, and a linear model, keep squared errors small whatever the loss."""
    trusted_types: tuple[str, ...]
    """Types beyond skops' own list that a fitted one is made of: reviewed, they only hold numbers
    and run no code when they are loaded."""
    scaled: bool = False
    """Whether it sees standardised numbers, because it measures distances; trees do not."""
    jitter: float = 0.0
    """How far its training points are moved, so that no two distances are equal."""
    calibrated: bool = False
    """Whether its probabilities are calibrated by itself."""
    folds_within: int = 0
    """Into how many folds it divides its training rows itself."""
    most_rows: int | None = None
    """Above this number of training rows `auto` does not try it: it would take most of the time."""
    most_cells: int | None = None
    """Above this number of cells on which trials are compared `auto` does not try it either."""
    most_classes: int | None = None
    """Above this number of classes `auto` does not try it: the API would not read its graph."""
    weighs_classes: bool = False
    """Whether it has the parameter `class_weight` itself. For others its value becomes weights of
    rows, before they are fitted."""
    boosted: bool = False
    """Whether it takes missing numbers as they are, and stops early on rows put aside."""
    linear: bool = False
    """Whether it adds its columns up. Under `spec: 2` it is fitted in double precision: of float32
    numbers it would lose digits where features resemble each other."""
    requirements: tuple[str, ...] = ()
    """Packages beyond scikit-learn that loading a fitted one needs."""

    @property
    def tasks(self) -> tuple[Task, ...]:
        """Returns the tasks that it has a form for."""
        forms: tuple[tuple[Task, object], ...] = (
            ("classification", self.classifier),
            ("regression", self.regressor),
        )
        return tuple(task for task, form in forms if form is not None)


def _random_forest(parameters: dict[str, Any], seed: int) -> ClassifierMixin:
    return RandomForestClassifier(**parameters, n_jobs=1, random_state=seed)


def _extra_trees(parameters: dict[str, Any], seed: int) -> ClassifierMixin:
    return ExtraTreesClassifier(**parameters, n_jobs=1, random_state=seed)


def _gradient_boosting(parameters: dict[str, Any], seed: int) -> ClassifierMixin:
    return GradientBoostingClassifier(**parameters, random_state=seed)


def _logistic_regression(parameters: dict[str, Any], seed: int) -> ClassifierMixin:
    return LogisticRegression(**{"max_iter": 1000, **parameters}, random_state=seed)


def _k_nearest_neighbors(parameters: dict[str, Any], _: int) -> ClassifierMixin:
    # kd_tree: exact distances in double precision, whatever the number of rows.
    return KNeighborsClassifier(**parameters, weights="uniform", algorithm="kd_tree", n_jobs=1)


def _calibrated_svc(parameters: dict[str, Any], seed: int) -> ClassifierMixin:
    folds = StratifiedKFold(CALIBRATION_FOLDS, shuffle=True, random_state=seed)
    svc = SVC(**parameters, random_state=seed)
    return CalibratedClassifierCV(svc, ensemble=False, cv=folds, n_jobs=1)


_CRITERION = {"squared": "squared_error", "absolute": "absolute_error"}
"""The loss as scikit-learn's trees call it."""


def _random_forest_regressor(parameters: dict[str, Any], seed: int, loss: Loss) -> RegressorMixin:
    criterion = _CRITERION[loss]
    return RandomForestRegressor(**parameters, criterion=criterion, n_jobs=1, random_state=seed)


def _extra_trees_regressor(parameters: dict[str, Any], seed: int, loss: Loss) -> RegressorMixin:
    criterion = _CRITERION[loss]
    return ExtraTreesRegressor(**parameters, criterion=criterion, n_jobs=1, random_state=seed)


def _gradient_boosting_regressor(
    parameters: dict[str, Any], seed: int, loss: Loss
) -> RegressorMixin:
    return GradientBoostingRegressor(**parameters, loss=_CRITERION[loss], random_state=seed)


def _nearest_regressor(parameters: dict[str, Any], _: int, __: Loss) -> RegressorMixin:
    return KNeighborsRegressor(**parameters, weights="uniform", algorithm="kd_tree", n_jobs=1)


def _ridge(parameters: dict[str, Any], seed: int, _: Loss) -> RegressorMixin:
    # A solver that does not iterate: it ends, whatever the features.
    return Ridge(**parameters, solver="cholesky", random_state=seed)


_TREES = ("numpy.dtype", "sklearn.tree._tree.Tree")

ESTIMATORS: dict[EstimatorName, Estimator] = {
    "random_forest": Estimator(
        _random_forest,
        _random_forest_regressor,
        _TREES,
        weighs_classes=True,
        most_rows=MANY_ROWS,
    ),
    "extra_trees": Estimator(
        _extra_trees, _extra_trees_regressor, _TREES, weighs_classes=True, most_rows=MANY_ROWS
    ),
    "gradient_boosting": Estimator(
        _gradient_boosting,
        _gradient_boosting_regressor,
        _TREES,
        most_rows=SOME_ROWS,
        most_cells=SOME_CELLS,
    ),
    "logistic_regression": Estimator(
        _logistic_regression,
        None,
        ("numpy.dtype",),
        scaled=True,
        weighs_classes=True,
        linear=True,
    ),
    "k_nearest_neighbors": Estimator(
        _k_nearest_neighbors,
        _nearest_regressor,
        (
            "numpy.dtype",
            # One for p = 2, one for p = 1, and one for every other p.
            "sklearn.metrics._dist_metrics.EuclideanDistance64",
            "sklearn.metrics._dist_metrics.ManhattanDistance64",
            "sklearn.metrics._dist_metrics.MinkowskiDistance64",
            "sklearn.neighbors._kd_tree.KDTree",
        ),
        scaled=True,
        jitter=JITTER,
        most_rows=FEW_ROWS,
    ),
    "calibrated_svc": Estimator(
        _calibrated_svc,
        None,
        (
            "numpy.dtype",
            "sklearn.calibration._CalibratedClassifier",
            "sklearn.calibration._SigmoidCalibration",
            "sklearn.model_selection._split.StratifiedKFold",
        ),
        scaled=True,
        calibrated=True,
        weighs_classes=True,
        folds_within=CALIBRATION_FOLDS,
        most_rows=FEW_ROWS,
        most_classes=MANY_CLASSES,
    ),
    "ridge": Estimator(None, _ridge, ("numpy.dtype",), scaled=True, linear=True),
    "hist_gradient_boosting": Estimator(
        histogram_classifier,
        histogram_regressor,
        ("sklearn.ensemble._hist_gradient_boosting.predictor.TreePredictor",),
        boosted=True,
        most_cells=MANY_CELLS,
    ),
    "xgboost": Estimator(
        xgboost_classifier,
        xgboost_regressor,
        (
            "sklearn.utils._bunch.Bunch",
            "xgboost.core.Booster",
            "xgboost.sklearn.XGBClassifier",
            "xgboost.sklearn.XGBRegressor",
        ),
        boosted=True,
        most_cells=MOST_CELLS,
        requirements=("xgboost-cpu",),
    ),
}
"""Every estimator that a spec may name, under its name."""


def make_estimator(
    name: EstimatorName, task: Task, loss: Loss, parameters: dict[str, Any], seed: int
) -> ClassifierMixin | RegressorMixin:
    """Makes an unfitted estimator of its form for the task, deterministic by `seed`.

    Args:
        loss: what a model of numbers keeps small.

    Raises:
        Refused: it has no such form.
    """
    known = ESTIMATORS[name]
    if not known.weighs_classes:
        parameters = {key: each for key, each in parameters.items() if key != CLASS_WEIGHT}
    if task == "classification" and known.classifier is not None:
        return known.classifier(parameters, seed)
    if task == "regression" and known.regressor is not None:
        return known.regressor(parameters, seed, loss)
    raise Refused(f"{name} has no form for {task}; choose another estimator")
