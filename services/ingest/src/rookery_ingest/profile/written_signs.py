"""Numbers whose sign is written otherwise than by a minus before them, as accountants do."""

import re
from collections.abc import Iterable

from rookery_ingest.profile.decision import in_quotes
from rookery_ingest.profile.null_tokens import is_usual
from rookery_ingest.profile.number_formats import FORMATS, split_unit
from rookery_ingest.profile.table_statistics import ColumnFacts

_BRACKETS = re.compile(r"([^\d()]*)\(([^()]*\d[^()]*)\)([^\d()]*)")
_BEHIND = re.compile(r"([^-+].*?\d)\s*-(\D*)")
_LETTERS = re.compile(r"(.*\d)\s*(?:cr|dr)\.?", re.IGNORECASE)


def written_signs(facts: ColumnFacts) -> str:
    """Says that the cells of a column of texts are numbers but for how some write the sign.

    With one of them, and how it is written so that it is read as a number. Empty where they are
    not, as far as the sampled rows and the first text tell.
    """
    cells = dict.fromkeys([facts.tally.first_text or "", *(facts.counts or facts.sample)])
    odd, bare = "", set[str]()
    for text in map(str.strip, cells):
        if not text or is_usual(text):
            continue
        unsigned = _unsigned(text)
        if unsigned is not None and not odd:
            odd = text
        split = split_unit(text if unsigned is None else unsigned)
        if split is None:
            return ""
        bare.add(split[0])
    if not odd or not _is_one_format(bare):
        return ""
    told = "all are numbers but for how some write the sign, such as"
    if _LETTERS.fullmatch(odd):
        return f"{told} {in_quotes(odd)}: write the sign before the number, without letters"
    return f"{told} {in_quotes(odd)}: write -{_unsigned(odd)}"


def _unsigned(text: str) -> str | None:
    """Returns the number, with its unit, whose sign stands elsewhere than before it; else None."""
    if found := _BRACKETS.fullmatch(text):
        return f"{found[1].strip()}{found[2].strip()}{found[3]}".strip()
    if found := _BEHIND.fullmatch(text):
        return f"{found[1]}{found[2]}".strip()
    if found := _LETTERS.fullmatch(text):
        return found[1]
    return None


def _is_one_format(numbers: Iterable[str]) -> bool:
    return any(all(form.number(each) is not None for each in numbers) for form in FORMATS)
