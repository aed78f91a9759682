"""The catalog: shipped specs, and a folder that adds to them."""

import hashlib
import json
from importlib.resources import files
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from tests.some import some

from rookery_core.json_schema import SCHEMA_FILE, spec_schema
from rookery_core.spec.catalog import load_catalog

SPECS = files("rookery_core").joinpath("specs")


def test_species_and_sex_ship_with_the_package() -> None:
    catalog = load_catalog()

    assert sorted(catalog) == ["sex", "species"]
    assert catalog["species"].estimator == "random_forest"
    assert catalog["sex"].estimator == "logistic_regression"
    assert all(spec.trials >= 20 for spec in some(catalog.values()))


def test_the_shipped_data_is_what_the_specs_pin() -> None:
    content = files("rookery_core").joinpath("data", "penguins_size.csv").read_bytes()

    pinned = {spec.source.sha256 for spec in load_catalog().values()}

    assert pinned == {hashlib.sha256(content).hexdigest()}


def test_a_folder_adds_models_and_replaces_shipped_ones(
    tmp_path: Path, document: dict[str, Any]
) -> None:
    (tmp_path / "iris.yaml").write_text(yaml.safe_dump(document))
    (tmp_path / "mine.yaml").write_text(yaml.safe_dump(document | {"name": "sex"}))
    (tmp_path / "notes.txt").write_text("not a spec")

    catalog = load_catalog(tmp_path)

    assert sorted(catalog) == ["iris", "sex", "species"]
    assert catalog["sex"].target == "variety"


def test_the_json_schema_in_the_package_is_fresh() -> None:
    written = SPECS.joinpath(SCHEMA_FILE).read_text(encoding="utf-8")

    assert written == spec_schema(), "run: make generate"


@pytest.mark.parametrize("name", ["species", "sex"])
def test_shipped_specs_satisfy_the_json_schema(name: str) -> None:
    document = yaml.safe_load(SPECS.joinpath(f"{name}.yaml").read_text(encoding="utf-8"))

    jsonschema.validate(document, json.loads(spec_schema()))


@pytest.mark.parametrize("name", ["mine.yml", "mine.YAML", "Mine.YML"])
def test_both_endings_of_yaml_are_read(tmp_path: Path, document: dict[str, Any], name: str) -> None:
    (tmp_path / name).write_text(yaml.safe_dump(document))

    assert load_catalog(tmp_path)["iris"].target == "variety"


def test_a_model_in_files_of_both_endings_is_a_fault(
    tmp_path: Path, document: dict[str, Any]
) -> None:
    for name in ("iris.yaml", "iris.yml"):
        (tmp_path / name).write_text(yaml.safe_dump(document))

    catalog = load_catalog(tmp_path)

    assert catalog.complaints == ["iris.yml and iris.yaml both name 'iris'; rename one"]
