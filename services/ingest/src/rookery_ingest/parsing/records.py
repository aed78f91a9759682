"""Records of a source: its text is cut at the ends of records (RFC 4180), with line numbers."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from rookery_core.errors import Refused
from rookery_ingest.parsing.record_ends import (
    blank_record,
    complete_record,
    ends_in_quotes,
    may_be_blank,
)
from rookery_ingest.parsing.record_form import COMMAS, RecordForm

MAX_RECORD = 1024 * 1024
"""Characters of the longest record accepted."""


@dataclass(frozen=True, slots=True)
class Records:
    """Consecutive records, verbatim but for the line ending after each."""

    lines: Sequence[int]
    """The line on which each begins, counted from 1."""
    texts: list[str]


class RecordReader:
    """Cuts text into records; empty lines are skipped.

    With `blank`, records without any value (`,,`) count as empty lines.
    """

    def __init__(
        self, name: str, form: RecordForm = COMMAS, *, blank: bool = False, end: str = "\n"
    ) -> None:
        self._name = name
        self._quote = form.quote
        self._end = end
        self._is_complete = complete_record(form)
        self._form = form
        self._blank = blank_record(form) if blank else None
        self._line = 1
        self._open: list[str] = []
        """The lines so far of a record with an open quote."""
        self._open_size = 0
        self._begun = 1

    def read(self, texts: Iterable[str]) -> Iterator[Records]:
        """Yields all records, some at a time, in memory that does not grow with their number.

        Raises:
            Refused: a quote is never closed, or a record is longer than `MAX_RECORD`.
        """
        rest = ""
        for text in texts:
            rest += text
            end = rest.rfind(self._end) + 1
            if end:
                yield from self._cut(rest[:end])
                rest = rest[end:]
            if len(rest) > MAX_RECORD:
                raise self._too_long(self._begun if self._open else self._line, rest)
        if rest:
            yield from self._cut(rest + self._end)
        if self._open:
            raise Refused(
                f"{self._name}: the quote of the record on line {self._begun} is never closed; "
                "close it, or double a quote that is part of a field"
            )

    def _cut(self, text: str) -> Iterator[Records]:
        lines = text.split(self._end)
        lines.pop()
        if self._open or (self._quote and self._quote in text):
            records = self._quoted(lines)
        else:
            records = self._plain(lines, "\r" in text)
        longest = max(map(len, records.texts), default=0)
        if longest > MAX_RECORD:
            long = next(i for i, text in enumerate(records.texts) if len(text) == longest)
            raise self._too_long(records.lines[long], records.texts[long])
        if self._blank is not None and may_be_blank(text, self._form, self._end):
            records = _without(records, self._blank)
        if records.texts:
            yield records

    def _plain(self, lines: list[str], returns: bool) -> Records:
        first, self._line = self._line, self._line + len(lines)
        if returns:
            lines = [line.removesuffix("\r") for line in lines]
        if "" not in lines:
            return Records(range(first, self._line), lines)
        kept = [(number, line) for number, line in enumerate(lines, first) if line]
        return Records([number for number, _ in kept], [line for _, line in kept])

    def _quoted(self, lines: list[str]) -> Records:
        numbers: list[int] = []
        texts: list[str] = []
        for line in lines:
            if not self._open:
                self._begun = self._line
            self._line += 1
            if self._leaves_open(line):
                self._open.append(line)
                self._open_size += len(line) + 1
                if self._open_size > MAX_RECORD:
                    raise self._too_long(self._begun, line)
                continue
            text = self._end.join((*self._open, line.removesuffix("\r")))
            self._open, self._open_size = [], 0
            if text:
                numbers.append(self._begun)
                texts.append(text)
        return Records(numbers, texts)

    def _leaves_open(self, line: str) -> bool:
        """Tells whether the record goes on after this line."""
        if not self._open and self._is_complete.fullmatch(line):
            return False
        return ends_in_quotes(line, bool(self._open), self._form)

    def _too_long(self, line: int, text: str) -> Refused:
        """Makes the refusal of a record, by what its text, or its last line, looks like."""
        returns = text.count("\r") > 1
        remedy = (
            "its lines end with CR alone: save the file with LF or CRLF"
            if returns
            else "shorten it, or close its quote"
        )
        return Refused(
            f"{self._name}: the record on line {line} is longer than {MAX_RECORD} characters; "
            f"{remedy}"
        )


def _without(records: Records, blank: re.Pattern[str]) -> Records:
    if not any(map(blank.fullmatch, records.texts)):
        return records
    kept = [
        (number, text)
        for number, text in zip(records.lines, records.texts, strict=True)
        if not blank.fullmatch(text)
    ]
    return Records([number for number, _ in kept], [text for _, text in kept])
