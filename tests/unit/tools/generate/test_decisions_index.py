"""Every decision has the one form and stands in the index."""

import re
from pathlib import Path

import pytest
from tools.generate.decisions_index import (
    AREAS,
    FOLDER,
    README,
    Decision,
    files,
    index,
    read,
    written,
)

FILES = files()
LABEL = re.compile(r"^\*\*([A-Z][a-z ]+)\.\*\*", re.MULTILINE)
HEADING = re.compile(r"^##+ .*$", re.MULTILINE)
FORM = ("Context", "Decision", "Alternatives", "Consequences")
OPTIONAL = "Alternatives"


def test_there_are_decisions_in_every_area() -> None:
    assert {path.name[:2] for path in FILES} == set(AREAS)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem[:4])
def test_a_decision_has_the_one_form(path: Path) -> None:
    decision = read(path)

    text = path.read_text(encoding="utf-8")
    labels = [label for label in LABEL.findall(text) if label in FORM]

    assert labels == [label for label in FORM if label != OPTIONAL or label in labels]
    assert HEADING.findall(text) == []
    if decision.status != "accepted":
        (target,) = re.findall(r"\((.+)\)", decision.status)
        assert (FOLDER / target).exists()


def test_numbers_are_given_once() -> None:
    numbers = [path.name[:4] for path in FILES]

    assert sorted(set(numbers)) == numbers


def test_the_index_is_that_of_today() -> None:
    text = README.read_text(encoding="utf-8")

    assert written(text) == text, "run `make generate`"


def test_a_decision_is_listed_in_its_own_area() -> None:
    text = index([Decision("0203-x.md", "0203", "Title", "accepted", "2026-11-29")])

    assert text.count("0203") == 2
    ingest = text.split("### 02xx")[1].split("### 03xx")[0]
    assert "| [0203](0203-x.md) | Title | accepted | 2026-11-29 |" in ingest


@pytest.mark.parametrize(
    "text",
    [
        "# 0203: T\n\n- Date: 2026-11-29\n\n",
        "# 0203: T\n\n- Status: perhaps\n- Date: 2026-11-29\n\n",
        "# 0203: T\n\n- Status: accepted\n- Date: yesterday\n\n",
        "# 0204: T\n\n- Status: accepted\n- Date: 2026-11-29\n\n",
        f"# 0203: {'T' * 73}\n\n- Status: accepted\n- Date: 2026-11-29\n\n",
    ],
)
def test_another_head_is_refused_with_the_file(tmp_path: Path, text: str) -> None:
    path = tmp_path / "0203-x.md"
    path.write_text(text)

    with pytest.raises(ValueError, match=r"0203-x\.md"):
        read(path)
