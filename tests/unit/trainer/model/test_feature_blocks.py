"""What an estimator sees of categories in an order, and of those of very many labels."""

from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import roc_auc_score
from sklearn.pipeline import Pipeline
from tests.some import some
from tests.unit.trainer.support.encodings import GRADES, encoded_table, encoding_spec

from rookery_core.manifest import MISSING_CATEGORY
from rookery_core.spec.estimators import EstimatorName
from rookery_core.spec.model_spec import ModelSpec
from rookery_trainer.bundle.verification_rows import UNKNOWN_CATEGORY
from rookery_trainer.data.batch import Batch
from rookery_trainer.data.folds import encoding_folds
from rookery_trainer.data.rows import Rows, row_keys
from rookery_trainer.data.snapshot import Snapshot, snapshot_of
from rookery_trainer.model.answers import pipeline_of
from rookery_trainer.model.cross_validation import fit_rows
from rookery_trainer.model.feature_blocks import ENCODER, MEANS, RANKS
from rookery_trainer.model.out_of_fold import out_of_fold
from rookery_trainer.model.pipeline import FEATURES
from rookery_trainer.model.trial import Configuration

LEVELS = 500


def noise_spec(estimator: EstimatorName, **changes: Any) -> ModelSpec:
    columns = [
        {"name": "code", "kind": "category", "values": "any", "encoding": "target"},
        {"name": "other", "kind": "number"},
        {"name": "owner", "kind": "category", "values": "any"},
        {"name": "day", "kind": "datetime"},
        {"name": "two", "kind": "boolean"},
    ]
    return encoding_spec(estimator, "two", columns=columns, features=["code", "other"], **changes)


def noise(by: str, rows: int = 3_000, seed: int = 3) -> Rows:
    """Draws rows whose code, of 500 labels, says nothing of their class."""
    generator = np.random.default_rng(seed)
    codes = [f"c{number}" for number in generator.integers(0, LEVELS, rows)]
    return Rows(
        features=pd.DataFrame(
            {
                "code": pd.Series(codes, dtype="str"),
                "other": generator.normal(size=rows).astype(np.float32),
            }
        ),
        labels=generator.integers(0, 2, rows),
        keys=row_keys([number.to_bytes(4, "big") for number in range(rows)]),
        groups=generator.integers(0, 60, rows) if by == "group" else None,
        moments=generator.permutation(rows) * 60_000_000 if by == "time" else None,
    )


HOLDOUTS = {
    "hash": {},
    "group": {"holdout": {"by": "group", "column": "owner"}},
    "time": {"holdout": {"by": "time", "column": "day"}},
}


@pytest.mark.parametrize("estimator", ["hist_gradient_boosting", "logistic_regression"])
@pytest.mark.parametrize("by", HOLDOUTS)
def test_a_category_of_noise_tells_nothing_out_of_fold_and_little_is_made_of_it(
    by: str, estimator: EstimatorName
) -> None:
    rows = noise(by)
    spec = noise_spec(estimator, **HOLDOUTS[by])
    configuration = Configuration(estimator, {})

    told = out_of_fold(spec, rows, configuration, 1, map)

    tested = told.tested
    assert roc_auc_score(rows.labels[tested], told.answers[tested, 1]) == pytest.approx(
        0.5, abs=0.05
    )
    fitted = fit_rows(spec, rows, configuration, 1)
    assert isinstance(fitted, Pipeline)
    # With each row's own target in its mean, it would tell the rows that were fitted apart.
    seen = roc_auc_score(rows.labels, fitted.predict_proba(rows.features)[:, 1])
    assert seen < 0.75


def test_a_category_that_tells_the_class_is_learned_through_its_means() -> None:
    rows = noise("hash")
    number = rows.features["code"].str[1:].astype(int).to_numpy()
    labels = (np.random.default_rng(1).random(len(rows)) < 0.1 + 0.8 * (number % 2)).astype(np.intp)
    rows = Rows(rows.features, labels, rows.keys)

    told = out_of_fold(
        noise_spec("hist_gradient_boosting"),
        rows,
        Configuration("hist_gradient_boosting", {}),
        1,
        map,
    )

    assert roc_auc_score(rows.labels, told.answers[:, 1]) > 0.75


@pytest.mark.parametrize("by", HOLDOUTS)
def test_each_row_is_in_one_fold_and_folds_follow_the_holdout(by: str) -> None:
    rows = noise(by, rows=300)

    folds = encoding_folds(rows, seed=1)

    assert sorted(np.concatenate([inside for _, inside in folds])) == list(range(300))
    for others, inside in some(folds):
        assert not set(others) & set(inside)
        if rows.groups is not None:
            assert not set(rows.groups[others]) & set(rows.groups[inside])
    if rows.moments is not None:
        for others, inside in some(folds[1:]):
            assert rows.moments[others].max() < rows.moments[inside].min()


def test_a_class_of_very_few_rows_still_has_folds() -> None:
    rows = noise("hash", rows=200)
    labels = np.zeros(200, dtype=np.intp)
    labels[:2] = 1

    folds = encoding_folds(Rows(rows.features, labels, rows.keys), seed=1)

    assert sorted(np.concatenate([inside for _, inside in folds])) == list(range(200))


def snapshot(estimator: EstimatorName, target: str, **changes: Any) -> Snapshot:
    table = encoded_table()
    spec = encoding_spec(estimator, target, **changes)
    return snapshot_of(spec, table, Batch(1, "digest", len(table)))


def blocks_of(found: Snapshot, estimator: EstimatorName) -> Any:
    fitted = fit_rows(found.spec, found.training, Configuration(estimator, {}), seed=1)
    return pipeline_of(fitted).named_steps[FEATURES]


def of_grade(grade: str) -> pd.DataFrame:
    row = {"colour": "red", "shop": "s0", "size": 10.0, "grade": grade, "town": "Ulm"}
    return pd.DataFrame([row]).astype({"size": np.float32})


@pytest.mark.parametrize("grade", [*GRADES, MISSING_CATEGORY, UNKNOWN_CATEGORY])
def test_a_label_in_an_order_is_its_place_and_an_unknown_one_is_missing(grade: str) -> None:
    blocks = blocks_of(snapshot("hist_gradient_boosting", "two"), "hist_gradient_boosting")

    seen = blocks.transform(of_grade(grade))[0, blocks.output_indices_[RANKS]]

    expected = GRADES.index(grade) if grade in GRADES else np.nan
    assert seen == pytest.approx([expected], nan_ok=True)


def test_places_are_scaled_where_numbers_are() -> None:
    blocks = blocks_of(snapshot("logistic_regression", "two"), "logistic_regression")

    seen = [
        float(blocks.transform(of_grade(grade))[0, blocks.output_indices_[RANKS]][0])
        for grade in some(GRADES)
    ]

    assert seen[0] < 0 < seen[2]
    assert seen[2] - seen[1] == pytest.approx(seen[1] - seen[0], abs=1e-5)


@pytest.mark.parametrize(
    ("target", "means"), [("two", 1), ("three", 3), ("number", 1)], ids=["two", "three", "number"]
)
def test_a_label_has_one_mean_or_one_for_each_of_several_classes_all_in_float32(
    target: str, means: int
) -> None:
    blocks = blocks_of(snapshot("random_forest", target), "random_forest")

    encoder = blocks.named_transformers_[MEANS].named_steps[ENCODER]

    assert len(encoder.encodings_) == 2 * means
    for each in some([*encoder.encodings_, np.atleast_1d(encoder.target_mean_)]):
        assert (each == each.astype(np.float32)).all()


def test_labels_of_few_rows_and_unknown_ones_have_the_mean_of_all() -> None:
    found = snapshot("random_forest", "number")
    blocks = blocks_of(found, "random_forest")
    encoder = blocks.named_transformers_[MEANS].named_steps[ENCODER]
    counts = found.training.features["shop"].value_counts()

    few = [label for label in encoder.categories_[0] if counts.get(label, 0) < 5]
    means = dict(zip(encoder.categories_[0], encoder.encodings_[0], strict=True))

    for label in some(few):
        assert means[label] == encoder.target_mean_
    assert abs(means["s1"] - encoder.target_mean_) > 1
    unknown = of_grade("low").assign(shop=UNKNOWN_CATEGORY)
    place = blocks.output_indices_[MEANS].start
    assert blocks.transform(unknown)[0, place] == encoder.target_mean_


def test_with_a_logarithm_the_means_are_of_the_logarithms() -> None:
    found = snapshot("random_forest", "number", transform="log")

    encoder = blocks_of(found, "random_forest").named_transformers_[MEANS].named_steps[ENCODER]

    # What an estimator sees is less its mean, and a thousand and ten is a hundredth more than that.
    assert max(abs(encoder.encodings_[0])) < 0.1


def test_a_fitted_model_keeps_no_positions_of_rows() -> None:
    encoder = (
        blocks_of(snapshot("random_forest", "two"), "random_forest")
        .named_transformers_[MEANS]
        .named_steps[ENCODER]
    )

    assert encoder.cv == 5
