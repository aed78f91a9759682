"""The contract: what a request and an answer hold, derived from the spec alone."""

import json

from tests.some import some

from rookery_core.contract import (
    BooleanFeature,
    CategoryFeature,
    Contract,
    DatetimeFeature,
    NumberFeature,
    contract_of,
)
from rookery_core.spec.catalog import load_catalog
from rookery_core.spec.model_spec import ModelSpec
from rookery_core.spec.spec_yaml import parse_spec


def test_features_keep_the_specs_order_units_and_ranges() -> None:
    contract = contract_of(load_catalog()["species"])

    assert [feature.name for feature in contract.features] == [
        "bill_length_mm",
        "bill_depth_mm",
        "flipper_length_mm",
        "body_mass_g",
    ]
    assert contract.classes == ("Adelie", "Chinstrap", "Gentoo")
    mass = contract.features[3]
    assert isinstance(mass, NumberFeature)
    assert (mass.unit, mass.minimum, mass.maximum, mass.example) == ("g", 1500, 9000, 3750)


def test_without_an_example_the_middle_and_the_first_label_stand_in() -> None:
    spec = load_catalog()["sex"]
    columns = tuple(
        column.model_copy(update={"example": None}) if column.kind == "number" else column
        for column in spec.columns
    )
    spec = spec.model_copy(update={"columns": columns, "features": ("body_mass_g", "island")})

    mass, island = contract_of(ModelSpec.model_validate(spec.model_dump())).features

    assert (mass.example, island.example) == (5250, "Biscoe")
    assert isinstance(island, CategoryFeature)


def test_a_feature_has_the_title_of_its_column() -> None:
    spec = load_catalog()["sex"].model_dump(mode="json")
    columns = {column["name"]: column for column in spec["columns"]}
    columns["body_mass_g"] |= {"title": "Weight"}
    columns["island"] |= {"title": "Home"}
    spec["features"] = ["body_mass_g", "island", "bill_depth_mm"]

    contract = contract_of(ModelSpec.model_validate_json(json.dumps(spec)))

    assert [feature.title for feature in contract.features] == ["Weight", "Home", ""]
    # A manifest without titles is one that earlier releases read.
    assert ["title" in each for each in contract.model_dump(mode="json")["features"]] == [
        True,
        True,
        False,
    ]


def test_a_contract_survives_json() -> None:
    contract = contract_of(load_catalog()["sex"])

    assert Contract.model_validate_json(contract.model_dump_json()) == contract


SECOND_VERSION = """
spec: 2
name: shop
source: {url: "file:shop.csv"}
columns:
  - {name: price, kind: number, aliases: [Price (EUR)], offset: 100}
  - {name: items, kind: number, range: [0, 9], integer: true, optional: false}
  - {name: weight, kind: number, range: [0, 9], out_of_range: warn}
  - {name: day, kind: datetime, zone: Europe/Berlin}
  - {name: start, kind: datetime, origin: "2020-01-01"}
  - {name: town, kind: category, values: any}
  - {name: open, kind: boolean}
  - {name: size, kind: category, values: [s, m, l]}
target: size
rare: {merge: [m, l], into: large}
features: all
estimator: random_forest
"""


def test_a_second_version_contract_says_what_the_training_rows_taught() -> None:
    spec = parse_spec(SECOND_VERSION, "shop.yaml")
    taught: dict[str, dict[str, object]] = {
        "price": {"optional": True},
        "day": {"origin": "2025-05-01"},
        "town": {"values": ("Rom", "Ulm"), "unknown": "accept", "optional": True},
    }
    columns = tuple(
        column.model_copy(update=taught.get(column.name, {})) for column in spec.columns
    )

    contract = contract_of(spec.model_copy(update={"columns": columns}))

    price, items, weight, day, start, town, is_open = contract.features
    assert contract.classes == ("s", "large")
    assert contract.folded_names
    assert isinstance(price, NumberFeature)
    assert isinstance(items, NumberFeature)
    assert isinstance(weight, NumberFeature)
    assert (price.aliases, price.offset, price.minimum) == (("Price (EUR)",), 100, None)
    assert (items.minimum, items.maximum, items.integer, items.example) == (0, 9, True, 4)
    assert (weight.minimum, weight.example) == (None, 4.5)
    assert isinstance(day, DatetimeFeature)
    assert isinstance(start, DatetimeFeature)
    assert (day.zone, day.origin, day.example) == (
        "Europe/Berlin",
        "2025-05-01",
        "2025-05-01T12:00:00Z",
    )
    assert (start.zone, start.origin, start.example) == (None, "2020-01-01", "2020-01-01")
    assert isinstance(town, CategoryFeature)
    assert (town.values, town.unknown, town.example) == (("Rom", "Ulm"), "accept", "Rom")
    assert isinstance(is_open, BooleanFeature)
    optional = [feature.name for feature in contract.features if feature.optional]
    assert optional == ["price", "town"]


def test_a_second_version_contract_is_known_before_training() -> None:
    contract = contract_of(parse_spec(SECOND_VERSION, "shop.yaml"))

    assert Contract.model_validate_json(contract.model_dump_json()) == contract


def test_a_first_version_contract_says_nothing_that_0_1_0_does_not_know() -> None:
    contract = contract_of(load_catalog()["sex"]).model_dump(mode="json")

    assert contract.keys() == {"model", "title", "description", "target", "features", "classes"}
    number = {"kind", "name", "unit", "description", "minimum", "maximum", "optional", "example"}
    for feature in some(contract["features"]):
        assert feature.keys() == number
