"""The marks within a number: which decimal and thousands marks a dialect has."""

import re

from rookery_core.spec.source import CsvDialect

_SAME_MARK = {" ": "[ \u00a0\u2009\u202f]", "'": "['\u2019]"}
"""Marks that people and programs write in several ways."""


class NumberMarks:
    """Rewrites numbers of a dialect as Python writes them."""

    def __init__(self, dialect: CsvDialect) -> None:
        self._decimal = dialect.decimal
        self._plain = dialect.decimal == "." and not dialect.thousands
        mark = _SAME_MARK.get(dialect.thousands, re.escape(dialect.thousands))
        self._grouped = re.compile(rf"[+-]?\d{{1,3}}(?:{mark}\d{{3}})+(?!\d)", re.ASCII)
        self._mark = re.compile(mark) if dialect.thousands else None

    def plain(self, text: str) -> str | None:
        """Returns the number with a decimal point and without other marks; None if it is none.

        Thousands marks stand between groups of exactly three digits, or not at all. What is
        returned may still be no number.
        """
        if self._plain:
            return text
        if self._mark is not None and (grouped := self._grouped.match(text)):
            text = self._mark.sub("", grouped[0]) + text[grouped.end() :]
        if self._decimal == ".":
            return text
        return None if "." in text else text.replace(",", ".", 1)
