"""Boosted estimators: exact beside every threshold, stopped early, cut at the best round."""

import numpy as np
import pytest
from numpy.typing import NDArray
from onnx import TensorProto, helper
from tests.some import some

from rookery_core.spec.estimators import EstimatorName
from rookery_core.spec.task import Task
from rookery_runtime.prediction.onnx_session import import_runtime
from rookery_trainer.boosting import estimators as boosting
from rookery_trainer.boosting.estimators import fit_boosted
from rookery_trainer.boosting.trees import boosted_trees, rounded_down
from rookery_trainer.bundle.onnx_estimators import add_classifier, add_regressor
from rookery_trainer.bundle.onnx_parts import OPSETS, GraphPart
from rookery_trainer.estimators import ESTIMATORS, make_estimator

BOOSTED: list[EstimatorName] = [name for name, known in ESTIMATORS.items() if known.boosted]
ROUNDS = dict(zip(BOOSTED, ("max_iter", "n_estimators"), strict=True))
"""The parameter that bounds the rounds of each."""
Points = NDArray[np.float32]


def drawn(rows: int = 600, seed: int = 0) -> tuple[Points, NDArray[np.float64]]:
    """Draws points with missing values, whole numbers and constants, and a noisy number."""
    generator = np.random.default_rng(seed)
    points = generator.normal(size=(rows, 5)).astype(np.float32)
    points[:, 1] = np.round(points[:, 1] * 3)
    points[:, 2] *= np.float32(1e-30)
    points[:, 3] *= np.float32(1e30)
    value = np.nan_to_num(points[:, 0]) + 0.3 * points[:, 1] + generator.normal(0, 0.5, rows)
    points[generator.random(points.shape) < 0.15] = np.nan
    # Whether it is missing is all that the last column tells: a threshold that is infinite.
    points[:, 4] = np.where(value > 0, np.float32(1), np.nan)
    return points, value.astype(np.float64)


def target_of(task: Task, classes: int, value: NDArray[np.float64]) -> NDArray[np.generic]:
    if task == "regression":
        return value
    bounds = np.quantile(value, np.linspace(0, 1, classes + 1)[1:-1])
    return np.array([f"class {number}" for number in np.digitize(value, bounds)])


def beside_thresholds(estimator: object, points: Points) -> Points:
    """Makes rows on every threshold and one unit in the last place beside it on each side."""
    boosted = boosted_trees(estimator)
    assert boosted is not None
    found: list[Points] = []
    for tree in some(boosted.trees):
        splits = np.flatnonzero(~tree.is_leaf)
        for feature, on in zip(tree.feature[splits], tree.threshold[splits], strict=True):
            near = (np.nextafter(on, np.float32(-np.inf)), on, np.nextafter(on, np.float32(np.inf)))
            for value in (*(each for each in near if np.isfinite(each)), np.float32(np.nan)):
                row = points[len(found) % len(points)].copy()
                row[feature] = value
                found.append(row)
    return np.array(found, dtype=np.float32)


def answered(estimator: object, points: Points, task: Task) -> NDArray[np.floating]:
    """Runs the exported estimator."""
    part = GraphPart()
    add = add_classifier if task == "classification" else add_regressor
    told = add(part, estimator, "seen")
    graph = helper.make_graph(
        part.nodes,
        "g",
        [helper.make_tensor_value_info("seen", TensorProto.FLOAT, [None, points.shape[1]])],
        [helper.make_empty_tensor_value_info(told)],
        part.weights,
    )
    opsets = [helper.make_opsetid(*opset) for opset in OPSETS.items()]
    model = helper.make_model(graph, opset_imports=opsets, ir_version=8)
    session = import_runtime().InferenceSession(model.SerializeToString())
    found: NDArray[np.floating] = session.run([told], {"seen": points})[0]
    return found


@pytest.mark.parametrize(
    ("task", "classes"), [("classification", 2), ("classification", 4), ("regression", 0)]
)
@pytest.mark.parametrize("name", BOOSTED)
def test_it_agrees_on_and_beside_every_threshold_and_where_numbers_are_missing(
    name: EstimatorName, task: Task, classes: int
) -> None:
    points, value = drawn()
    target = target_of(task, classes, value)
    estimator = make_estimator(name, task, "squared", {ROUNDS[name]: 40}, 0)
    fit_boosted(estimator, points, target, [(np.arange(500), np.arange(500, 600))])  # type: ignore[arg-type]
    rows = np.concatenate([points, beside_thresholds(estimator, points)])

    exported = answered(estimator, rows, task)

    if task == "classification":
        original = estimator.predict_proba(rows)
        assert (original.argmax(axis=1) == exported.argmax(axis=1)).all()
        assert np.abs(original - exported).max() <= 1e-5
    else:
        original = estimator.predict(rows)
        assert np.abs(original - exported.ravel()).max() <= 1e-5 * value.std()
    assert len(rows) > 1_000


def test_histogram_boosting_parts_missing_from_all_others_at_infinity() -> None:
    points, value = drawn()
    estimator = make_estimator(BOOSTED[0], "classification", "squared", {"max_iter": 5}, 0)

    fit_boosted(estimator, points, target_of("classification", 2, value), ())  # type: ignore[arg-type]

    boosted = boosted_trees(estimator)
    assert boosted is not None
    assert any(np.isinf(tree.threshold).any() for tree in boosted.trees)


@pytest.mark.parametrize("few", [True, False])
@pytest.mark.parametrize("name", BOOSTED)
def test_a_fold_of_few_cells_is_fitted_again_and_of_many_classes_each_counts(
    name: EstimatorName, few: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    points, value = drawn()
    monkeypatch.setattr(boosting, "FEW_CELLS", points.size * 3 + few)
    target = target_of("classification", 3, value)
    split = np.arange(480), np.arange(480, 600)
    compared = make_estimator(name, "classification", "squared", {ROUNDS[name]: 60}, 0)

    fit_boosted(compared, points, target, [split])  # type: ignore[arg-type]

    again = make_estimator(
        name, "classification", "squared", {ROUNDS[name]: rounds_of(compared) // 3}, 0
    )
    fit_boosted(again, points, target, ())  # type: ignore[arg-type]
    told = [each.predict_proba(points).tobytes() for each in (compared, again)]
    assert (told[0] == told[1]) == few


@pytest.mark.parametrize("few", [True, False])
@pytest.mark.parametrize("name", BOOSTED)
def test_rounds_end_where_the_rows_aside_gain_nothing_and_the_model_is_cut_there(
    name: EstimatorName, few: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(boosting, "FEW_ROWS", 601 if few else 600)
    points, value = drawn()
    value = np.random.default_rng(1).permutation(value)
    estimator = make_estimator(name, "classification", "squared", {ROUNDS[name]: 300}, 0)

    target = target_of("classification", 2, value)
    fit_boosted(estimator, points, target, [(np.arange(480), np.arange(480, 600))])  # type: ignore[arg-type]

    boosted = boosted_trees(estimator)
    assert boosted is not None
    # Labels without any connection: the first rounds are the best ones.
    assert 1 <= len(boosted.trees) <= 30
    assert (
        estimator.get_params()[next(k for k in estimator.get_params() if k.endswith(ROUNDS[name]))]
        == 300
    )


@pytest.mark.parametrize("bound", [("MANY_ROWS", 600), ("MANY_CELLS", 1_000)])
@pytest.mark.parametrize("name", BOOSTED)
def test_the_model_that_is_served_is_fitted_to_the_rows_by_which_it_stopped_too(
    name: EstimatorName, bound: tuple[str, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(boosting, "FEW_ROWS", 600)
    points, value = drawn()
    target = target_of("classification", 2, value)
    split = np.arange(480), np.arange(480, 600)
    compared, served, many = [
        make_estimator(name, "classification", "squared", {ROUNDS[name]: 60}, 0) for _ in range(3)
    ]

    fit_boosted(compared, points, target, [split])  # type: ignore[arg-type]
    fit_boosted(served, points, target, [split], final=True)  # type: ignore[arg-type]
    monkeypatch.setattr(boosting, *bound)
    fit_boosted(many, points, target, [split], final=True)  # type: ignore[arg-type]

    rounds = rounds_of(compared)
    again = make_estimator(name, "classification", "squared", {ROUNDS[name]: rounds}, 0)
    fit_boosted(again, points, target, ())  # type: ignore[arg-type]
    told = [each.predict_proba(points).tobytes() for each in (compared, served, many, again)]
    assert rounds_of(served) == rounds
    assert told[0] != told[1]
    assert told[1] == told[3]
    assert told[0] == told[2]


@pytest.mark.parametrize("task", ["classification", "regression"])
@pytest.mark.parametrize("name", BOOSTED)
def test_of_several_divisions_the_mean_of_their_best_rounds_is_taken(
    name: EstimatorName, task: Task
) -> None:
    points, value = drawn()
    target = target_of(task, 2, value)
    order = np.random.default_rng(2).permutation(len(points))
    splits = [(np.delete(order, part), order[part]) for part in (np.s_[:120], np.s_[120:240])]
    alone, alone_too, both = [
        make_estimator(name, task, "squared", {ROUNDS[name]: 200}, 0) for _ in range(3)
    ]

    fit_boosted(alone, points, target, splits[:1], final=True)  # type: ignore[arg-type]
    fit_boosted(alone_too, points, target, splits[1:], final=True)  # type: ignore[arg-type]
    fit_boosted(both, points, target, splits, final=True)  # type: ignore[arg-type]

    found = [rounds_of(each) for each in (alone, alone_too)]
    assert found[0] != found[1]
    assert rounds_of(both) == round(sum(found) / 2)


def rounds_of(estimator: object) -> int:
    boosted = boosted_trees(estimator)
    assert boosted is not None
    return len(boosted.trees)


@pytest.mark.parametrize("name", BOOSTED)
def test_the_same_seed_and_rows_give_the_same_answers(name: EstimatorName) -> None:
    points, value = drawn()
    target = target_of("classification", 3, value)
    told = []
    for _ in range(2):
        estimator = make_estimator(name, "classification", "squared", {ROUNDS[name]: 20}, 3)
        fit_boosted(estimator, points, target, [(np.arange(480), np.arange(480, 600))])  # type: ignore[arg-type]
        told.append(estimator.predict_proba(points))

    assert told[0].tobytes() == told[1].tobytes()


def test_a_threshold_is_rounded_to_the_next_float32_that_is_not_above_it() -> None:
    numbers = np.array([0.1, -0.1, 1e39, -1e39, np.inf, -np.inf, 16777217.0, 0.5, 1e-46])

    rounded = rounded_down(numbers).astype(np.float64)

    assert (rounded <= numbers).all()
    with np.errstate(over="ignore"):
        above = np.nextafter(rounded.astype(np.float32), np.float32(np.inf)).astype(np.float64)
    assert ((above > numbers) | np.isinf(numbers)).all()
