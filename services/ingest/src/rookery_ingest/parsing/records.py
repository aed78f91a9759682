"""Records of a source: its text is cut at the ends of records (RFC 4180), with line numbers."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from rookery_core.errors import Refused

MAX_RECORD = 1024 * 1024
"""Characters of the longest record accepted."""

_COMPLETE = re.compile(
    r'(?:[^",][^,]*|"[^"]*(?:""[^"]*)*")?(?:,(?:[^",][^,]*|"[^"]*(?:""[^"]*)*")?)*'
)


@dataclass(frozen=True, slots=True)
class Records:
    """Consecutive records, verbatim but for the line ending after each."""

    lines: Sequence[int]
    """The line on which each begins, counted from 1."""
    texts: list[str]


class RecordReader:
    """Cuts text into records; empty lines are skipped."""

    def __init__(self, name: str) -> None:
        self._name = name
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
            end = rest.rfind("\n") + 1
            if end:
                yield from self._cut(rest[:end])
                rest = rest[end:]
            if len(rest) > MAX_RECORD:
                raise self._too_long(self._begun if self._open else self._line, rest)
        if rest:
            yield from self._cut(rest + "\n")
        if self._open:
            raise Refused(
                f"{self._name}: the quote of the record on line {self._begun} is never closed; "
                "close it, or double a quote that is part of a field"
            )

    def _cut(self, text: str) -> Iterator[Records]:
        lines = text.split("\n")
        lines.pop()
        if self._open or '"' in text:
            records = self._quoted(lines)
        else:
            records = self._plain(lines, "\r" in text)
        longest = max(map(len, records.texts), default=0)
        if longest > MAX_RECORD:
            long = next(i for i, text in enumerate(records.texts) if len(text) == longest)
            raise self._too_long(records.lines[long], records.texts[long])
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
            if ends_in_quotes(line, bool(self._open)):
                self._open.append(line)
                self._open_size += len(line) + 1
                if self._open_size > MAX_RECORD:
                    raise self._too_long(self._begun, line)
                continue
            text = "\n".join((*self._open, line.removesuffix("\r")))
            self._open, self._open_size = [], 0
            if text:
                numbers.append(self._begun)
                texts.append(text)
        return Records(numbers, texts)

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


def ends_in_quotes(line: str, inside: bool) -> bool:
    """Tells whether a line ends within a quoted field, if it begins `inside` one or not.

    A quote opens a field only as its first character, and `""` within is a quote.
    """
    if not inside and _COMPLETE.fullmatch(line):
        return False
    at = 0
    while True:
        if inside or line.startswith('"', at):
            at = _closing_quote(line, at if inside else at + 1)
            if at < 0:
                return True
            inside = False
        at = line.find(",", at) + 1
        if not at:
            return False


def _closing_quote(line: str, at: int) -> int:
    """Finds where the quoted field that continues at `at` is closed; -1 if it is not."""
    while (at := line.find('"', at)) >= 0 and line.startswith('"', at + 1):
        at += 2
    return at
