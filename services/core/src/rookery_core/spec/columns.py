"""Columns of a table: what a cell may hold, and under which names the column comes."""

from typing import Annotated, Literal, Self
from unicodedata import normalize

from pydantic import Field, model_validator

from rookery_core.frozen import Frozen

ColumnName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,47}$")]
Title = Annotated[
    str, Field(max_length=200, pattern=r"^(\S(.*\S)?)?$", exclude_if=lambda title: not title)
]
"""What people call a column. Left out of every dump where there is none: digests of specs, and
manifests that earlier releases read, are as they were before there were titles."""
Label = Annotated[str, Field(min_length=1, max_length=200, pattern=r"^\S(.*\S)?$")]

MISSING = "__missing__"
"""Stands for a missing category where there has to be a text; no label may be called so."""


class _Column(Frozen):
    name: ColumnName
    """The column's name in the table, the training frame and the request body."""
    aliases: tuple[str, ...] = ()
    """Other names the column may have in a source's header; case and space do not count."""
    title: Title = ""
    """What people call the column; forms and the OpenAPI document show it instead of the name."""
    description: str = ""
    """One phrase for people: forms and the OpenAPI document show it."""
    null_tokens: tuple[str, ...] = ()
    """Texts that mean "missing" in this column, beside those of the spec."""
    optional: bool = False
    """Whether a request may leave the feature out or send null; the model then imputes it."""

    @property
    def header_names(self) -> frozenset[str]:
        """Returns the header fields that mean this column, normalised."""
        return frozenset(folded(name) for name in (self.name, *self.aliases))


class NumberColumn(_Column):
    """A finite number within a closed range."""

    kind: Literal["number"]
    unit: str = ""
    """The unit of every value, e.g. `mm`; empty for a pure number."""
    range: tuple[float, float]
    """Smallest and largest value accepted, both included. The table keeps every digit; a model
    reads float32: about 7 digits, up to 3.4e38. Times as seconds since 1970 are one number for
    128 s; subtract what all values share."""
    example: float | None = None
    """A typical value; the middle of the range where none is given."""

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        low, high = self.range
        if not low < high:
            raise ValueError(f"range [{low}, {high}] is empty; give the smaller bound first")
        if self.example is not None and not low <= self.example <= high:
            raise ValueError(f"example {self.example} lies outside the range [{low}, {high}]")
        return self


class CategoryColumn(_Column):
    """One of a closed list of labels; case and surrounding space of a cell do not count."""

    kind: Literal["category"]
    values: Annotated[tuple[Label, ...], Field(min_length=1, max_length=1000)]
    """Every label, as the table spells it. For a target, the order of the classes."""

    @model_validator(mode="after")
    def _distinct(self) -> Self:
        if len({folded(value) for value in self.values}) != len(self.values):
            raise ValueError(
                "values repeat a label (case, space and how accents are coded do not count); "
                "list each once"
            )
        if MISSING in self.values:
            raise ValueError(f"values: {MISSING!r} stands for no value; name the label otherwise")
        return self


Column = Annotated[NumberColumn | CategoryColumn, Field(discriminator="kind")]


def folded(text: str) -> str:
    """Removes what does not count in a header field, label or null token.

    That is case, surrounding space, and whether an accent is a part of its letter or a sign of its
    own (Unicode's NFC).
    """
    plain = text.strip().casefold()
    return plain if plain.isascii() else normalize("NFC", plain)
