"""Text of a source: UTF-8, without a byte order mark or NUL bytes."""

import codecs
from collections.abc import Iterable, Iterator

from rookery_core.errors import Refused

_BYTE_ORDER_MARK = "\ufeff"
_UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def decoded(blocks: Iterable[bytes], name: str) -> Iterator[str]:
    """Yields the text of the blocks; a character may lie across a border.

    Raises:
        Refused: it is UTF-16, holds a NUL byte, or is not UTF-8 (lone surrogates are not).
    """
    decoder = codecs.getincrementaldecoder("utf-8")("strict")
    before = 0
    begun = False
    for block in blocks:
        if before == 0 and block.startswith(_UTF_16):
            raise Refused(f"{name} is UTF-16; save it as UTF-8")
        if b"\0" in block:
            at = before + block.index(b"\0")
            raise Refused(f"{name} is no text: byte {at} is NUL; give a CSV file in UTF-8")
        pending = len(decoder.getstate()[0])
        try:
            text = decoder.decode(block)
        except UnicodeDecodeError as error:
            raise _not_utf8(name, before - pending + error.start) from None
        before += len(block)
        if text and not begun:
            begun = True
            text = text.removeprefix(_BYTE_ORDER_MARK)
        if text:
            yield text
    pending = len(decoder.getstate()[0])
    if pending:
        raise _not_utf8(name, before - pending)


def _not_utf8(name: str, at: int) -> Refused:
    return Refused(f"{name} is not UTF-8 at byte {at}; save it as UTF-8")
