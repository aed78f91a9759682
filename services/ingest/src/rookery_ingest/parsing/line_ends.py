"""Line ends of a text: LF or CRLF, or CR alone, as old Macs and some programs write them."""

from collections.abc import Iterable, Iterator
from itertools import chain

_LOOK_AHEAD = 256 * 1024
"""Characters without any LF after which lines are taken to end with CR."""


def line_end(texts: Iterable[str]) -> tuple[str, Iterator[str]]:
    """Returns what ends the lines of a text, and the whole text.

    That is CR if the text begins with one or more of them and no LF, else LF; a CR before LF is
    part of the line's end.
    """
    pieces = iter(texts)
    begin = ""
    for piece in pieces:
        begin += piece
        if "\n" in begin or len(begin) > _LOOK_AHEAD:
            break
    returns = "\r" in begin and "\n" not in begin
    return "\r" if returns else "\n", chain((begin,) if begin else (), pieces)
