"""The first line of a file that has not the header one asked for: what it seems to be instead."""

from collections.abc import Sequence
from itertools import pairwise

from rookery_core.spec.columns import folded

DATA = "its first line looks like data: a table needs a header; write one before it"
_APART = (
    "its columns stand apart by spaces or tabs, not always as many: write one mark between them, "
    r"such as with pandas: read_csv(FILE, sep=r'\s+') or read_fwf(FILE), then to_csv(index=False)"
)
_TITLE = (
    "its first line has one cell alone: if that is a title or a comment, take it out, so that the "
    "header comes first"
)


def number_names(headers: Sequence[str]) -> list[str]:
    """Selects the names that are numbers where these say that a line is data; else returns none.

    They say so where they are at least half of the names, and nothing that is counted on: numbers
    one after the other, such as years, are names.
    """
    told = {header: _number(header) for header in headers}
    numbers = [number for header in headers if (number := told[header]) is not None]
    if not numbers or 2 * len(numbers) < len(headers):
        return []
    steps = {after - before for before, after in pairwise(numbers)}
    if len(numbers) > 1 and steps == {1.0}:
        return []
    return [header for header in headers if told[header] is not None]


def header_slip(headers: Sequence[str], target: str) -> str:
    """Says why a header has no column called as the target; empty where it is no usual slip."""
    if len(headers) == 1 and folded(target) in map(folded, headers[0].split()):
        return _APART
    if number_names(headers):
        return DATA
    if not any(header.strip() for header in headers[1:]):
        return _TITLE
    return ""


def _number(header: str) -> float | None:
    try:
        return float(header.replace(",", "."))
    except ValueError:
        return None
