"""Texts that usually mean "missing"."""

from rookery_core.spec.columns import folded

USUAL = frozenset(
    {"", "na", "n/a", "n.a.", "nan", "-nan", "nat", "null", "(null)", "<na>", "none", "nil", "\\n"}
    | {"?", "-", "--", "---", ".", "..", "#n/a", "#n/a n/a", "#na", "#null!", "#value!", "#div/0!"}
    | {"#ref!", "#num!", "#name?", "1.#ind", "1.#qnan"}
)
"""Case and surrounding space do not count."""
MAY_BE_LABELS = frozenset({"none", "nil"})
"""Those that are labels in a column of labels: people write them for "there is none"."""


def is_usual(text: str) -> bool:
    """Tells whether a text usually means "missing"."""
    return len(text) < 12 and folded(text) in USUAL
