"""Writes the index of the decisions, from the head of each, into `docs/decisions/README.md`.

`python -m tools.generate.decisions_index` writes it anew between the two marks.
"""

import re
from dataclasses import dataclass
from pathlib import Path

from tools.checkout import ROOT

FOLDER = ROOT / "docs" / "decisions"
README = FOLDER / "README.md"
BEGIN, END = "<!-- index -->", "<!-- end of index -->"
AREAS = {
    "00": "The whole system and `services/core`",
    "01": "The embedded stack and the `rookery` command (`local`)",
    "02": "Ingest",
    "03": "Trainer",
    "04": "API",
    "05": "Images, and the cluster of `make airgap`",
    "06": "Chart",
}
"""The first two digits of a decision's number, and what it is about."""
HEAD = re.compile(
    r"# (?P<number>\d{4}): (?P<title>[^\n]{1,72})\n\n"
    r"- Status: (?P<status>accepted|replaced by \[\d{4}\]\(\d{4}-[a-z0-9-]+\.md\))\n"
    r"- Date: (?P<date>\d{4}-\d{2}-\d{2})\n\n"
)
"""How each decision begins."""


@dataclass(frozen=True)
class Decision:
    """The head of a decision."""

    file: str
    number: str
    title: str
    status: str
    date: str


def main() -> None:
    """Writes the index of the decisions of today."""
    README.write_text(written(README.read_text(encoding="utf-8")), encoding="utf-8")


def files() -> list[Path]:
    """Returns the files of the decisions, by number."""
    return sorted(path for path in FOLDER.glob("*.md") if path != README)


def read(path: Path) -> Decision:
    """Returns the head of a decision.

    Raises:
        ValueError: it has another form, or another number than its file.
    """
    found = HEAD.match(path.read_text(encoding="utf-8"))
    if not found or not path.name.startswith(f"{found['number']}-"):
        raise ValueError(f"{path.name} does not begin as docs/decisions/README.md says")
    return Decision(path.name, **found.groupdict())


def written(readme: str) -> str:
    """Returns the README with today's index between the marks."""
    before, rest = readme.split(BEGIN)
    _, after = rest.split(END)
    return f"{before}{BEGIN}\n\n{index([read(path) for path in files()])}\n{END}{after}"


def index(decisions: list[Decision]) -> str:
    """Returns one table for each area."""
    tables = [
        "\n".join([f"### {area}xx: {about}", "", *_table(area, decisions), ""])
        for area, about in AREAS.items()
    ]
    return "\n".join(tables)


def _table(area: str, decisions: list[Decision]) -> list[str]:
    rows = [
        f"| [{each.number}]({each.file}) | {each.title} | {each.status} | {each.date} |"
        for each in decisions
        if each.number.startswith(area)
    ]
    return ["| | decision | status | date |", "| --- | --- | --- | --- |", *rows]


if __name__ == "__main__":
    main()
