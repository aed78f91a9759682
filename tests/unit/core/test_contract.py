"""The contract: what a request and an answer hold, derived from the spec alone."""

import json

from rookery_core.contract import CategoryFeature, Contract, NumberFeature, contract_of
from rookery_core.spec.catalog import load_catalog
from rookery_core.spec.model_spec import ModelSpec


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
