"""A spec without `spec: 2` means to the byte what it meant in the first release."""

import json
from pathlib import Path
from typing import Any

import pytest

from rookery_core.spec.catalog import load_catalog
from rookery_core.spec.spec_yaml import parse_spec

RECORDED: list[dict[str, Any]] = json.loads(
    Path(__file__).with_name("recorded").joinpath("first_version.json").read_text("utf-8")
)
"""Texts of specs with what the first release derived from them."""


@pytest.mark.parametrize("recorded", RECORDED, ids=lambda recorded: recorded["what"])
def test_a_first_version_spec_has_the_digests_that_0_1_0_gave_it(recorded: dict[str, Any]) -> None:
    spec = parse_spec(recorded["text"], recorded["what"])

    assert spec.digest == recorded["digest"]
    assert spec.table_digest == recorded["table_digest"]
    assert list(spec.classes) == recorded["classes"]
    assert not spec.is_snapshot
    assert not spec.keeps_extra_columns


@pytest.mark.parametrize("model", ["species", "sex"])
def test_a_shipped_spec_is_as_it_was(model: str) -> None:
    (recorded,) = (each for each in RECORDED if each["what"] == model)

    assert load_catalog()[model].digest == recorded["digest"]


@pytest.mark.parametrize("recorded", RECORDED, ids=lambda recorded: recorded["what"])
def test_a_dumped_spec_is_read_as_itself(recorded: dict[str, Any]) -> None:
    spec = parse_spec(recorded["text"], recorded["what"])

    assert parse_spec(json.dumps(spec.model_dump(mode="json")), "dump") == spec
