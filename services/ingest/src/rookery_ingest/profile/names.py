"""Names of a spec, made of names of a file: of the model, and of its columns."""

import re
from collections.abc import Sequence
from unicodedata import normalize

from rookery_core.spec.column_names import column_name
from rookery_core.spec.columns import folded
from rookery_core.spec.table_keys import RESERVED_MODEL_NAMES

_LONGEST_MODEL = 30


def model_name(stem: str) -> str:
    """Makes the name of a model of the name of a file without its ending."""
    letters = normalize("NFKD", stem.casefold()).encode("ascii", "ignore").decode()
    name = "-".join(re.findall("[a-z0-9]+", letters)) or "table"
    if not name[0].isalpha():
        name = f"table-{name}"
    name = name[:_LONGEST_MODEL].rstrip("-")
    return f"{name}-table" if name in RESERVED_MODEL_NAMES else name


def column_names(headers: Sequence[str]) -> list[str]:
    """Makes a name for each column of a header, all of them different.

    No name is what another header means, for each header stays an alias of its column.
    """
    meanings = [folded(header) for header in headers]
    names: list[str] = []
    for header, meaning in zip(headers, meanings, strict=True):
        others = {other for other in meanings if other != meaning}
        names.append(column_name(header, {*names, *others}))
    return names
