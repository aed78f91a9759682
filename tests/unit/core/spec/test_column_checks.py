"""Columns that a table can't have, or whose values a model can't tell apart, are refused."""

from collections.abc import Callable
from typing import Any

import pytest
import yaml

from rookery_core.errors import Refused
from rookery_core.spec.spec_yaml import parse_spec

Document = dict[str, Any]
Change = Callable[[Document], None]

WORDS = (
    "oid count order index label user select table group end null true date time timestamp values "
    "default check inputs outputs target features data columns id name size shape dtype self class "
    "import lambda nan inf predictions instances params parameters dataframe_split first s t r "
    "landed numbered added staged repeated constraint primary"
)


def _number(**changes: Any) -> Change:
    return lambda document: document["columns"][0].update(changes)


def _category(**changes: Any) -> Change:
    return lambda document: document["columns"][1].update(changes)


def _spec(document: Document) -> Any:
    return parse_spec(yaml.safe_dump(document), "iris.yaml")


def _renamed(document: Document, name: str) -> Document:
    document["columns"][0]["name"] = name
    document["features"][0] = name
    return document


@pytest.mark.parametrize("name", ["xmin", "xmax", "cmin", "cmax", "ctid", "tableoid"])
def test_a_name_that_postgresql_keeps_for_itself_is_refused(document: Document, name: str) -> None:
    with pytest.raises(Refused, match=rf"columns\[0\]\.name: '{name}' .*aliases: \[{name}\]"):
        _spec(_renamed(document, name))


def test_it_may_be_an_alias(document: Document) -> None:
    _number(aliases=["xmin"])(document)

    assert "xmin" in _spec(document).columns[0].header_names


@pytest.mark.parametrize("name", WORDS.split())
def test_every_other_word_may_name_a_column(document: Document, name: str) -> None:
    assert _spec(_renamed(document, name)).columns[0].name == name


@pytest.mark.parametrize("label", ["NA", "na", "null", "Null"])
def test_a_label_that_means_missing_in_every_column_is_refused(
    document: Document, label: str
) -> None:
    _category(values=["DE", label])(document)

    with pytest.raises(Refused, match=rf"columns\[1\]\.values: '{label}' .* by null_tokens"):
        _spec(document)


@pytest.mark.parametrize(("label", "token"), [("?", "?"), ("P", " p "), ("Straße", "STRASSE")])
@pytest.mark.parametrize("own", [False, True], ids=["of the spec", "of the column"])
def test_a_label_that_is_a_null_token_by_any_spelling_is_refused(
    document: Document, label: str, token: str, own: bool
) -> None:
    _category(values=["DE", label])(document)
    (document["columns"][1] if own else document)["null_tokens"] = [token]

    with pytest.raises(Refused, match=r"columns\[1\]\.values: .* also means \"missing\""):
        _spec(document)


def test_a_label_is_a_label_where_the_null_tokens_leave_it_out(document: Document) -> None:
    _category(values=["DE", "NA"])(document)
    document["null_tokens"] = [""]

    assert _spec(document).columns[1].values == ("DE", "NA")


@pytest.mark.parametrize("bounds", [[0, 1.0e300], [-3.5e38, 0], [-1e39, 1e39]])
def test_a_range_beyond_float32_is_refused(document: Document, bounds: list[float]) -> None:
    _number(range=bounds)(document)

    with pytest.raises(Refused, match=r"columns\[0\]\.range: .*float32, whose largest"):
        _spec(document)


@pytest.mark.parametrize("bounds", [[1.7e9, 1.7e9 + 60], [0, 1e-50], [16777216, 16777217]])
def test_a_range_that_is_one_number_in_float32_is_refused(
    document: Document, bounds: list[float]
) -> None:
    _number(range=bounds)(document)

    with pytest.raises(Refused, match=r"columns\[0\]\.range: .*are one number"):
        _spec(document)


@pytest.mark.parametrize("bounds", [[0, 3.4e38], [0, 1e-40], [1.6e9, 1.8e9], [-1, 1e-45]])
def test_a_range_that_float32_holds_is_accepted(document: Document, bounds: list[float]) -> None:
    _number(range=bounds)(document)

    assert _spec(document).columns[0].range == tuple(bounds)
