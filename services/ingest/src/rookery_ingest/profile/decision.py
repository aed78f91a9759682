"""A decision about one column, and the words for it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Role = Literal["feature", "target", "group", "leak", "ignored"]
KeyValue = bool | int | float | str | tuple[str, ...] | tuple[float, float]


@dataclass(frozen=True)
class Decision:
    """What a column of the file is to be in the spec."""

    header: str
    role: Role
    """`feature`, `target`, `group` (a column, but no feature), or for nothing: `leak`, which would
    give the answer away, or `ignored`."""
    kind: str
    """The spec's kind; empty where the column is ignored."""
    reason: str
    """Why, in one line."""
    keys: Mapping[str, KeyValue] = field(default_factory=dict)
    """What the spec says of the column beside its kind, in order."""
    notes: tuple[str, ...] = ()
    """What a person should look at, in lines."""

    @property
    def is_column(self) -> bool:
        """Tells whether the column gets into the table."""
        return self.role in {"feature", "target", "group"}


def ignored(header: str, reason: str, *notes: str) -> Decision:
    """Makes the decision to use a column for nothing."""
    return Decision(header, "ignored", "", reason, notes=notes)


def in_quotes(text: str, most: int = 40) -> str:
    """Quotes a text of the file in a line: without line ends, and not too long."""
    return repr(text if len(text) <= most else f"{text[:most]}...")


def listing(texts: "list[str]", most: int = 5) -> str:
    """Lists texts, and says how many more there are."""
    told = ", ".join(texts[:most])
    return told if len(texts) <= most else f"{told} and {len(texts) - most:,} more"
