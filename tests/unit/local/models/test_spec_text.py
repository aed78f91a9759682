"""Values that are changed in the text of a spec."""

from pathlib import Path

import pytest
from tools.checkout import ROOT

from rookery_core.errors import Refused
from rookery_core.spec.bounded_yaml import read_yaml
from rookery_local.models.spec_text import changed

SPECS = sorted(
    [*ROOT.glob("services/core/src/rookery_core/specs/*.yaml"), *ROOT.glob("examples/*.yaml")]
)
BLOCK = """\
# Of the shop.
name: churn
source:  # where it is
  # The file.
  url: file:a.csv  # moved in May
  max_bytes: 10
trials: 20 # enough
"""


def test_a_value_is_replaced_and_comments_stay() -> None:
    written = changed(BLOCK, {("source", "url"): "s3://data/b.csv", ("trials",): 5}, "churn.yaml")

    assert written == BLOCK.replace("file:a.csv", '"s3://data/b.csv"').replace("20", "5")


def test_a_missing_key_is_added_at_the_end_or_in_front_of_its_neighbours() -> None:
    written = changed(BLOCK, {("source", "sha256"): "ab", ("estimator",): "x"}, "churn.yaml")

    assert '  sha256: "ab"\n  url: file:a.csv  # moved in May\n' in written
    assert written.endswith('trials: 20 # enough\nestimator: "x"\n')


MOVED: dict[tuple[str, ...], str | int] = {
    ("source", "url"): "file:b",
    ("source", "sha256"): "é",
}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("source: {url: file:a}\n", 'source: {sha256: "é", url: "file:b"}\n'),
        ("source: {url: 'file:a', sha256: x}\n", 'source: {url: "file:b", sha256: "é"}\n'),
        ('{"source": {"url": "file:a"}}', '{"source": {sha256: "é", "url": "file:b"}}'),
        (
            "ä: ö\r\nsource:\r\n    url: file:a\r\n",
            'ä: ö\r\nsource:\r\n    sha256: "é"\n    url: "file:b"\r\n',
        ),
        (
            "source:\n  <<: {url: file:a}\n",
            'source:\n  sha256: "é"\n  url: "file:b"\n  <<: {url: file:a}\n',
        ),
    ],
)
def test_in_every_layout_nothing_else_is_changed(text: str, expected: str) -> None:
    written = changed(text, MOVED, "churn.yaml")

    assert written == expected
    assert read_yaml(written)["source"] == {"url": "file:b", "sha256": "é"}


@pytest.mark.parametrize(
    "text",
    [
        "source:\n- url\n",
        "source:\n",
        "source: {}\n",
        "name: churn\n",
        "a: &a {url: file:a}\nsource: *a\n",
        "source:\n  url: >-\n    file:a\nname: churn\n",
        "[]",
        "",
    ],
)
def test_where_the_layout_hides_the_value_it_is_left_to_the_person(text: str) -> None:
    with pytest.raises(Refused, match=r"source\.url of churn\.yaml .* set it to 'file:b' by hand"):
        changed(text, MOVED, "churn.yaml")


def test_a_text_that_is_not_yaml_is_refused_with_the_place() -> None:
    with pytest.raises(Refused, match=r"churn\.yaml is not YAML that can be read: line 2"):
        changed("a: [", {("trials",): 3}, "churn.yaml")


@pytest.mark.parametrize("path", SPECS, ids=lambda path: path.stem)
def test_the_specs_of_this_repository_can_be_changed(path: Path) -> None:
    text = path.read_text()

    written = changed(text, {("source", "sha256"): "0" * 64, ("trials",): 3}, "it")

    before, after = read_yaml(text), read_yaml(written)
    assert after == {**before, "trials": 3, "source": {**before["source"], "sha256": "0" * 64}}
