"""The cells of a row, by which the time of a fit is told."""

import json

import pytest
from tests.unit.trainer.support.second_version import second_snapshot, spec_of

from rookery_core.spec.model_spec import ModelSpec
from rookery_core.spec.spec_yaml import parse_spec
from rookery_trainer.data.table_size import breadth_of
from rookery_trainer.model.feature_blocks import make_blocks

TWO_CLASSES = {"rare": {"merge": ["odd", "ugly"], "into": "bad"}}
NUMBER = {"target": "amount", "features": ["visits", "city", "since"]}


def of_a_number() -> ModelSpec:
    return parse_spec(json.dumps({**_keys(), **NUMBER}), "visits")


def _keys() -> dict[str, object]:
    return dict(spec_of().model_dump(mode="json", exclude={"rare", "metric", "select_by"}))


def with_means() -> ModelSpec:
    spec = spec_of()
    columns = [
        {**column, "encoding": "target"} if column["name"] == "city" else column
        for column in spec.model_dump(mode="json")["columns"]
    ]
    return spec_of(columns=columns)


@pytest.mark.parametrize(
    ("spec", "times"),
    [
        (spec_of(), 3),
        (spec_of(**TWO_CLASSES), 1),
        (of_a_number(), 1),
    ],
)
def test_the_cells_of_a_row_are_the_columns_of_the_fit_once_for_each_of_many_classes(
    spec: ModelSpec, times: int
) -> None:
    snapshot = second_snapshot(spec)
    blocks = make_blocks(snapshot.learned, "hist_gradient_boosting")

    points = blocks.fit_transform(snapshot.training.features)

    assert breadth_of(snapshot.learned) == points.shape[1] * times


def test_a_category_of_means_has_a_column_for_each_of_many_classes() -> None:
    plain, means = (second_snapshot(spec).learned for spec in (spec_of(), with_means()))

    # Four labels, and a missing one, become three means.
    assert breadth_of(plain) - breadth_of(means) == (5 - 3) * 3
