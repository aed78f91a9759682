"""What a newcomer is told of the repository is there."""

import re
import tomllib
from pathlib import Path

import pytest
from tests.some import some
from tools.checkout import ROOT

CONTRIBUTING = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
DOCUMENTS = [
    *sorted(ROOT.glob("*.md")),
    *sorted((ROOT / "docs").rglob("*.md")),
    *(ROOT / "examples").glob("*.md"),
    ROOT / "charts/rookery/README.md",
]
LINK = re.compile(r"\]\(([^)\s]+)")


def section(title: str) -> str:
    """The text below a heading, up to the next one of its level or above."""
    level = len(title) - len(title.lstrip("#"))
    below = CONTRIBUTING.split(f"\n{title}\n")[1]
    return re.split(rf"^#{{1,{level}}} ", below, flags=re.MULTILINE)[0]


def first_cells(text: str) -> list[list[str]]:
    """The code in the first two cells of each row of a table, the heading left out."""
    rows = [line for line in text.splitlines() if line.startswith("| `")]
    return [re.findall(r"`([^`]+)`", "|".join(row.split("|")[1:3])) for row in rows]


def leads_somewhere(document: Path, link: str) -> bool:
    """Whether the file is there, and in it the heading that the link may name."""
    name, _, anchor = link.partition("#")
    target = document.parent / name if name else document
    return target.exists() and (not anchor or anchor in anchors(target))


def anchors(document: Path) -> set[str]:
    """The headings as GitHub writes them in addresses."""
    headings = re.findall(r"^#+ (.+)$", document.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


def folders() -> list[str]:
    table = section("## Where things are").split("###")[0]
    rows = [line.split("|")[1] for line in table.splitlines() if line.startswith("| `")]
    return [name for cell in rows for name in re.findall(r"`([^`]+)`", cell)]


def test_the_map_names_folders_that_exist_and_all_that_hold_code() -> None:
    named = folders()
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    projects = some(ROOT.glob("services/*/pyproject.toml"))
    members = {path.parent.relative_to(ROOT).as_posix() for path in projects}

    assert [name for name in named if not (ROOT / name).is_dir()] == []
    assert {*settings["tool"]["mypy"]["files"], *members} - {"services"} <= set(named)


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_a_link_within_the_repository_leads_somewhere(document: Path) -> None:
    links = LINK.findall(document.read_text(encoding="utf-8"))

    inside = [link for link in links if not re.match(r"[a-z]+:", link)]

    assert [link for link in inside if not leads_somewhere(document, link)] == []


def test_the_commands_that_run_one_test_name_files_that_exist() -> None:
    files = re.findall(r"pytest (tests/\S+)(?: -k (\w+))?", section("## Tests"))

    assert len(files) == 3
    for file, part in files:
        assert re.search(rf"def test_\w*{part}", (ROOT / file).read_text(encoding="utf-8")), file


def test_the_places_of_an_estimator_are_where_the_recipe_says() -> None:
    rows = first_cells(section("## Adding an estimator"))

    assert len(rows) == 3
    for *names, module in rows:
        for name in some(names):
            source = (ROOT / module).read_text(encoding="utf-8")
            assert re.search(rf"^{name}\b", source, re.MULTILINE), (name, module)


def test_the_questions_of_the_map_have_no_answers_beside_them() -> None:
    questions = re.findall(r"^\d\. (.+)$", section("### The map's test"), re.MULTILINE)

    assert len(questions) == 8
    assert all(question.endswith("?") for question in questions)
