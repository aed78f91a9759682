"""A spec's file is checked without a server: each fault with its line, each rule with its rows."""

from pathlib import Path

import pytest
from tests.some import some

from rookery_core.errors import Refused
from rookery_local.models.spec_check import check_spec_file

SPEC = """\
spec: 2
name: trees
source: {url: "file:trees.csv"}
columns:
  - name: height
    kind: number
    range: [0, 50]
  - name: girth
    kind: number
    range: [0, 5]
    out_of_range: warn
  - name: tree
    kind: category
    values: [larch, spruce]
target: tree
features: all
estimator: random_forest
"""


def checked(folder: Path, text: str, rows: list[str] | None = None) -> tuple[str, list[str]]:
    (folder / "trees.yaml").write_text(text, encoding="utf-8")
    data = None
    if rows is not None:
        data = folder / "trees.csv"
        data.write_text("\n".join(["height,girth,tree", *rows]), encoding="utf-8")
    said: list[str] = []
    return check_spec_file(folder / "trees.yaml", data, said.append), said


def good(count: int) -> list[str]:
    return [f"{row % 50}.5,1.5,{'larch' if row % 2 else 'spruce'}" for row in range(count)]


@pytest.mark.parametrize(
    ("written", "instead", "line", "told"),
    [
        ("target:", "traget:", 15, "did you mean target?"),
        ("    range: [0, 50]", "    rnage: [0, 50]", 7, "did you mean range?"),
        ("kind: category", "kind: categry", 12, "categry"),
        ("target: tree", "target: tre", 15, "'tre' is not a column"),
        ("range: [0, 50]", "range: [50, 0]", 6, "is empty"),
        ("[larch, spruce]", "[larch, NA]", 14, "'NA' also means"),
        ("estimator: random_forest", "estimator: forest", 17, "estimator: "),
        ("features: all", "features: [height, heigth]", 16, "heigth"),
        ("spec: 2", "spec: 2\nspec: 2", 2, "stands there twice"),
        ("    kind: category", "   kind: category", 13, "mend the file"),
    ],
)
def test_a_slip_is_told_with_its_line(
    tmp_path: Path, written: str, instead: str, line: int, told: str
) -> None:
    refusal, said = checked(tmp_path, SPEC.replace(written, instead))

    assert "mend each at its line" in refusal
    found = [each for each in said if told in each]
    assert found, said
    numbers = [
        int(each.removeprefix(f"{tmp_path / 'trees.yaml'}:").split(":")[0]) for each in found
    ]
    # A list or mapping is told where it begins.
    assert min(abs(number - line) for number in some(numbers)) <= 1


def test_every_fault_is_told_at_once(tmp_path: Path) -> None:
    text = SPEC.replace("range: [0, 50]", "rnage: 1").replace("[larch, spruce]", "[1, no]")

    refusal, said = checked(tmp_path, text)

    assert refusal.endswith("has 3 faults; mend each at its line")
    assert len(said) == 3


def test_a_valid_spec_is_summed_up(tmp_path: Path) -> None:
    refusal, said = checked(tmp_path, SPEC)

    assert (refusal, len(said)) == ("", 1)
    assert "3 columns, 2 features, 2 classes, random_forest" in said[0]


def test_each_rule_is_told_with_its_rows_and_three_of_them(tmp_path: Path) -> None:
    bad = ["99,1,larch", "98,1,larch", "97,1,larch", "96,1,larch", "x,1,larch", "1,1,yew", "1,2"]
    loaded = ["1,70,larch", "1,1,"]

    refusal, said = checked(tmp_path, SPEC, [*good(200), *bad, *loaded])

    assert refusal == ""
    assert "209 rows, 7 of them would go into quarantine" in said
    assert "\n4 x height: lies outside 0 to 50" in said
    assert len([line for line in said if line.startswith("  line ") and ": 9" in line]) == 3
    assert "\n1 x tree: is not a known label" in said
    assert "\n1 x the record has 2 fields, the header 3" in said
    assert "1 rows would be loaded with girth outside of its range" in said
    assert "1 rows have no target: loaded, not trained on" in said


def test_what_ingest_or_training_would_refuse_is_refused(tmp_path: Path) -> None:
    many_bad, _ = checked(tmp_path, SPEC, [*good(80), *["x,1,larch"] * 20])
    few, _ = checked(tmp_path, SPEC, [*["1,1,larch"] * 80, "1,1,spruce"])

    assert "20.0% of its rows are bad" in many_bad
    assert "1 of 'spruce'" in few


def test_a_header_of_another_table_is_refused(tmp_path: Path) -> None:
    (tmp_path / "other.csv").write_text("a,b\n1,2\n")
    (tmp_path / "trees.yaml").write_text(SPEC)

    with pytest.raises(Refused, match="lacks 'height'"):
        check_spec_file(tmp_path / "trees.yaml", tmp_path / "other.csv", lambda _: None)


@pytest.mark.parametrize("content", [None, b"\xff\xfe"])
def test_a_file_that_can_not_be_read_is_refused(tmp_path: Path, content: bytes | None) -> None:
    if content is not None:
        (tmp_path / "s.yaml").write_bytes(content)

    with pytest.raises(Refused, match=r"name the file of a spec|save it as UTF-8"):
        check_spec_file(tmp_path / "s.yaml", None, lambda _: None)
