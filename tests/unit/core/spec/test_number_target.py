"""A target that is a number: the keys that it has, and those that it has not."""

from typing import Any

import pytest
import yaml
from tests.some import some

from rookery_core.contract import Contract, contract_of
from rookery_core.database.tables import processed_table
from rookery_core.errors import Refused
from rookery_core.spec.cells import CellReader, Invalid
from rookery_core.spec.model_spec import ModelSpec
from rookery_core.spec.spec_yaml import parse_spec
from rookery_core.spec.task import LOWER_IS_BETTER, METRICS

Document = dict[str, Any]


@pytest.fixture
def house() -> Document:
    """The least spec of a model that answers a number."""
    return {
        "spec": 2,
        "name": "house",
        "source": {"url": "file:house.csv"},
        "columns": [
            {"name": "area", "kind": "number"},
            {"name": "town", "kind": "category", "values": "any"},
            {"name": "price", "kind": "number", "unit": "EUR"},
        ],
        "target": "price",
        "features": "all",
        "estimator": "random_forest",
    }


def parsed(document: Document) -> ModelSpec:
    return parse_spec(yaml.safe_dump(document), "house.yaml")


def test_a_target_that_is_a_number_makes_a_regression_with_its_defaults(house: Document) -> None:
    spec = parsed(house)

    assert spec.task == "regression"
    assert (spec.classes, spec.target_labels) == ((), ())
    assert (spec.loss, spec.transform) == ("squared", "none")
    assert (spec.metric, spec.select_by) == ("rmse", "rmse")
    assert spec.features == ("area", "town")


def test_absolute_errors_are_selected_by_their_mean(house: Document) -> None:
    house["loss"] = "absolute"

    assert parsed(house).select_by == "mae"


def test_a_default_that_is_written_down_changes_no_digest(house: Document) -> None:
    before = parsed(house)

    after = parsed(
        house | {"loss": "squared", "transform": "none", "select_by": "rmse", "metric": "rmse"}
    )

    assert (after.digest, after.table_digest) == (before.digest, before.table_digest)
    assert not {"loss", "transform", "select_by"} & before.model_dump(mode="json").keys()


@pytest.mark.parametrize(
    "keys",
    [
        {},
        {"loss": "absolute"},
        {"transform": "log", "select_by": "r2"},
        {"metric": "mae"},
        {"interval": 0.8},
    ],
)
def test_a_dumped_regression_is_read_as_itself(house: Document, keys: Document) -> None:
    spec = parsed(house | keys)

    again = parsed(spec.model_dump(mode="json"))

    assert again.digest == spec.digest
    assert (again.loss, again.transform, again.select_by, again.interval) == (
        spec.loss,
        spec.transform,
        spec.select_by,
        spec.interval,
    )


def test_each_metric_of_a_task_is_taken_and_each_of_the_other_refused(house: Document) -> None:
    for name in some(METRICS["regression"]):
        assert parsed(house | {"metric": name, "select_by": name}).select_by == name
    for name in some(METRICS["classification"]):
        with pytest.raises(Refused, match="is no metric of numbers"):
            parsed(house | {"metric": name})
    assert set(METRICS["regression"]) & LOWER_IS_BETTER == {"rmse", "mae"}


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        ({"rare": "refuse"}, "rare: the target 'price' is a number, and has no rare labels"),
        ({"rare": {"drop": ["1"]}}, "rare: the target 'price' is a number"),
        ({"calibrate": "none"}, "calibrate: the target 'price' is a number, and has no prob"),
        ({"spec": 1}, "needs `spec: 2`"),
        ({"features": ["price"]}, "features: the target 'price' cannot be a feature"),
    ],
)
def test_what_a_number_cannot_have_is_refused(house: Document, keys: Document, said: str) -> None:
    with pytest.raises(Refused, match=said.replace("(", r"\(")):
        parsed(house | keys)


def test_the_contract_says_that_an_interval_is_answered(house: Document) -> None:
    assert contract_of(parsed(house | {"interval": 0.9})).interval == 0.9
    assert "interval" not in contract_of(parsed(house)).model_dump()


@pytest.mark.parametrize("share", [0, 0.49, 0.995, 1, 90, "most"])
def test_an_interval_of_hardly_any_or_of_all_truths_is_refused(
    house: Document, share: object
) -> None:
    with pytest.raises(Refused, match="interval"):
        parsed(house | {"interval": share})


def test_classes_have_no_interval(house: Document) -> None:
    house["columns"][2] = {"name": "price", "kind": "category", "values": ["low", "high"]}

    with pytest.raises(Refused, match="interval: only a target of kind number has one"):
        parsed(house | {"interval": 0.9})


def test_an_offset_of_the_target_is_refused(house: Document) -> None:
    house["columns"][2]["offset"] = 5

    with pytest.raises(Refused, match="target: 'price' has an offset, which only features need"):
        parsed(house)


def test_numbers_of_a_target_may_be_finer_than_float32(house: Document) -> None:
    house["columns"][2]["range"] = [1_000_000_000, 1_000_000_001]

    assert parsed(house).task == "regression"


@pytest.mark.parametrize("ranged", [{}, {"range": [-5, 100]}, {"range": [-5, 9]}])
def test_a_logarithm_needs_a_target_above_zero(house: Document, ranged: Document) -> None:
    house["columns"][2] |= {**ranged, "out_of_range": "warn"} if ranged else {}
    spec = parsed(house | {"transform": "log"})
    read = CellReader(spec, spec.column("price")).read

    said = [read(text) for text in ("0", "-3", "-0.0", "0 EUR")]

    for cell in some(said):
        assert isinstance(cell, Invalid)
        assert "is not above 0, and transform: log needs that" in cell.reason
    assert read("0.5 EUR") == 0.5
    assert read("") is None
    # The database refuses it as well.
    (check,) = [c for c in processed_table(spec).constraints if c.name == "price_in_range"]
    assert "2.2250738585072014e-308" in str(
        check.sqltext.compile(compile_kwargs={"literal_binds": True})  # type: ignore[attr-defined]
    )


def test_a_logarithm_is_of_the_target_alone(house: Document) -> None:
    spec = parsed(house | {"transform": "log"})

    assert CellReader(spec, spec.column("area")).read("-3") == -3


def test_a_logarithm_changes_the_table(house: Document) -> None:
    assert parsed(house).table_digest != parsed(house | {"transform": "log"}).table_digest


def test_the_contract_of_a_number_has_its_unit_and_no_classes(house: Document) -> None:
    contract = contract_of(parsed(house))

    assert (contract.task, contract.unit, contract.classes) == ("regression", "EUR", ())
    assert Contract.model_validate_json(contract.model_dump_json()) == contract


def test_the_contract_of_classes_says_nothing_of_its_task(house: Document) -> None:
    house["columns"][2] = {"name": "price", "kind": "boolean"}

    assert not {"task", "unit"} & contract_of(parsed(house)).model_dump(mode="json").keys()
