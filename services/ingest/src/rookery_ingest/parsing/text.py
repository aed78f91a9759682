"""Text of a source: in the encoding that its spec names, without a byte order mark or NUL bytes."""

import codecs
from collections.abc import Iterable, Iterator

from rookery_core.errors import Refused

_BYTE_ORDER_MARK = "\ufeff"
_UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_UTF_8 = "utf-8"


def decoded(
    blocks: Iterable[bytes], name: str, encoding: str = _UTF_8, *, may_name: bool = False
) -> Iterator[str]:
    """Yields the text of the blocks; a character may lie across a border.

    `may_name`: the spec may name another encoding, and a refusal says how.

    Raises:
        Refused: it is UTF-16, holds a NUL byte, or is not of that encoding (lone surrogates are
            not UTF-8).
    """
    encoding = codecs.lookup(encoding).name
    remedy = _remedy(encoding) if may_name else "save it as UTF-8"
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    before = 0
    begun = False
    for block in blocks:
        if before == 0 and block.startswith(_UTF_16):
            raise Refused(f"{name} is UTF-16; save it as UTF-8")
        if before == 0 and block.startswith(codecs.BOM_UTF8) and not encoding.startswith(_UTF_8):
            raise Refused(
                f"{name} begins with UTF-8's byte order mark, and csv.encoding is {encoding}; "
                "leave csv.encoding out"
            )
        if b"\0" in block:
            at = before + block.index(b"\0")
            raise Refused(f"{name} is no text: byte {at} is NUL; give a CSV file in UTF-8")
        pending = len(decoder.getstate()[0])
        try:
            text = decoder.decode(block)
        except UnicodeDecodeError as error:
            raise _not_of(encoding, name, before - pending + error.start, remedy) from None
        before += len(block)
        if text and not begun:
            begun = True
            text = text.removeprefix(_BYTE_ORDER_MARK)
        if text:
            yield text
    pending = len(decoder.getstate()[0])
    if pending:
        raise _not_of(encoding, name, before - pending, remedy)


def _not_of(encoding: str, name: str, at: int, remedy: str) -> Refused:
    told = "UTF-8" if encoding == _UTF_8 else encoding
    return Refused(f"{name} is not {told} at byte {at}; {remedy}")


def _remedy(encoding: str) -> str:
    if encoding == _UTF_8:
        return "name its encoding, such as csv: {encoding: cp1252}, or save it as UTF-8"
    return "correct csv: {encoding: ...}, or save it as UTF-8"
