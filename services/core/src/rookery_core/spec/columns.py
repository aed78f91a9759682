"""Columns of a table: what a cell may hold, and under which names the column comes."""

import math
from typing import Annotated, Any, Literal, Self
from unicodedata import normalize

from pydantic import Discriminator, Field, Tag, model_validator

from rookery_core.frozen import Frozen
from rookery_core.spec.datetime_format import check_format, check_origin, check_zone

ColumnName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,47}$")]
Title = Annotated[
    str, Field(max_length=200, pattern=r"^(\S(.*\S)?)?$", exclude_if=lambda title: not title)
]
"""What people call a column. Left out of every dump where there is none: digests of specs, and
manifests that earlier releases read, are as they were before there were titles."""
Label = Annotated[str, Field(min_length=1, max_length=200, pattern=r"^\S(.*\S)?$")]
Token = Annotated[str, Field(min_length=1, max_length=200)]

MISSING = "__missing__"
"""Stands for a missing category where there has to be a text; no label may be called so."""
LARGEST_NUMBER = 3.4028234663852886e38
"""The largest number of float32, as which a model reads numbers."""
FALSE, TRUE = "false", "true"
"""The classes of a boolean target, in the order of every probability vector."""
FALSE_TEXTS, TRUE_TEXTS = ("false", "no", "f", "n", "0"), ("true", "yes", "t", "y", "1")
"""The texts that mean false and true where a column does not say otherwise."""
DEFAULT_MAX_VALUES = 100
DEFAULT_MAX_MEANS = 1_000


def _absent(value: object) -> bool:
    """Tells whether a key that came with the second version was not given.

    Such keys are left out of dumps then, so that digests of first-version specs stay.
    """
    return value is None or value is False or value == ()


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
    optional: Annotated[bool | None, Field(exclude_if=lambda optional: optional is None)] = None
    """Whether a request may leave the feature out or send null; the model then imputes it. Where
    absent: under `spec: 2` if the feature is missing in a training row, else never."""

    @property
    def header_names(self) -> frozenset[str]:
        """Returns the header fields that mean this column, normalised."""
        return frozenset(folded(name) for name in (self.name, *self.aliases))


class NumberColumn(_Column):
    """A finite number, within a closed range where one is given."""

    kind: Literal["number"]
    unit: str = ""
    """The unit of every value, e.g. `mm`; empty for a pure number. Under `spec: 2` a cell may have
    it before or after its number."""
    range: Annotated[tuple[float, float] | None, Field(exclude_if=_absent)] = None
    """Smallest and largest value accepted, both included. The table keeps every digit; a model
    reads float32: about 7 digits, up to 3.4e38. Times as seconds since 1970 are one number for
    128 s; subtract what all values share. May be absent under `spec: 2`."""
    out_of_range: Annotated[
        Literal["quarantine", "warn"],
        Field(exclude_if=lambda value: value == "quarantine"),
    ] = "quarantine"
    """What becomes of a row with a number outside of `range`: `quarantine`, or `warn`: it is loaded
    and counted, and a request may hold such a number. Needs `spec: 2`."""
    integer: Annotated[bool, Field(exclude_if=_absent)] = False
    """Whether every value is a whole number. Needs `spec: 2`."""
    offset: Annotated[float, Field(exclude_if=lambda offset: offset == 0)] = 0.0
    """Subtracted before the number becomes float32; tables and requests hold the number itself.
    Needs `spec: 2`."""
    example: float | None = None
    """A typical value; the middle of the range where none is given."""

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.range is None:
            if self.out_of_range != "quarantine":
                raise ValueError("out_of_range: there is no range; give one, or leave this out")
        else:
            low, high = self.range
            if not low < high:
                raise ValueError(f"range [{low}, {high}] is empty; give the smaller bound first")
            if self.example is not None and not low <= self.example <= high:
                raise ValueError(f"example {self.example} lies outside the range [{low}, {high}]")
        if self.integer and self.example is not None and not self.example.is_integer():
            raise ValueError(f"example {self.example} is not a whole number, and integer is true")
        return self

    @property
    def bounds(self) -> tuple[float, float]:
        """Returns the smallest and largest number that a row may hold, both included."""
        if self.range is None or self.out_of_range == "warn":
            return -LARGEST_NUMBER, LARGEST_NUMBER
        return self.range

    @property
    def typical(self) -> float:
        """Returns the example, or else the middle of the range, or else the offset."""
        if self.example is not None:
            return self.example
        if self.range is None:
            return self.offset
        middle = (self.range[0] + self.range[1]) / 2
        return float(math.floor(middle)) if self.integer else middle


class BooleanColumn(_Column):
    """True or false."""

    kind: Literal["boolean"]
    true: Annotated[tuple[Token, ...], Field(min_length=1)] = TRUE_TEXTS
    """The texts that mean true; case and surrounding space do not count."""
    false: Annotated[tuple[Token, ...], Field(min_length=1)] = FALSE_TEXTS
    """The texts that mean false."""

    @model_validator(mode="after")
    def _apart(self) -> Self:
        both = {folded(token) for token in self.true} & {folded(token) for token in self.false}
        if both:
            raise ValueError(
                f"true and false share {sorted(both)} (case and space do not count; a list that "
                "is not given has its default); give both lists, each text in one of them"
            )
        return self

    @property
    def true_tokens(self) -> tuple[str, ...]:
        """Returns the texts that mean true."""
        return self.true

    @property
    def false_tokens(self) -> tuple[str, ...]:
        """Returns the texts that mean false."""
        return self.false


def _values_tag(value: Any) -> str:
    return "<any>" if isinstance(value, str) else "<list>"


class CategoryColumn(_Column):
    """One of a list of labels; case and surrounding space of a cell do not count."""

    kind: Literal["category"]
    values: Annotated[
        Annotated[tuple[Label, ...], Field(min_length=1, max_length=10_000), Tag("<list>")]
        | Annotated[Literal["any"], Tag("<any>")],
        Discriminator(_values_tag),
    ]
    """Every label, as the table spells it. For a target, the order of the classes. Or `any` (under
    `spec: 2`): the labels are those of the training rows."""
    max_values: Annotated[
        int | None, Field(ge=1, le=10_000, exclude_if=lambda most: most is None)
    ] = None
    """With `values: any`: how many labels a model learns, the most frequent ones; the others are
    unknown to it. Where absent 100, or 1,000 with `encoding: target`."""
    unknown: Annotated[Literal["refuse", "accept"] | None, Field(exclude_if=_absent)] = None
    """What becomes of a request with a label that the model does not know: `refuse`, or `accept`:
    the model answers as for a row that has none of its labels. Where absent: `accept` with
    `values: any`, else `refuse`. Needs `spec: 2`."""
    ordered: Annotated[bool, Field(exclude_if=_absent)] = False
    """Whether the listed values stand in an order: the model then sees a label's place among them,
    as a number, in place of a column for each label. Needs `spec: 2`."""
    encoding: Annotated[
        Literal["onehot", "target"], Field(exclude_if=lambda encoding: encoding == "onehot")
    ] = "onehot"
    """What the model sees of a label: `onehot`: a column for each label; `target`: the mean of the
    target in the label's rows, smoothed, one for each of several classes. Needs `spec: 2`."""

    @model_validator(mode="after")
    def _one_encoding(self) -> Self:
        if self.ordered and self.is_open:
            raise ValueError(
                "ordered: the values are learned, in no order; list them: values: [LOWEST, ...]"
            )
        if self.ordered and self.encoding == "target":
            raise ValueError(
                "ordered: with encoding: target a label enters as a mean, whatever its place; "
                "leave one of both out"
            )
        return self

    @model_validator(mode="after")
    def _distinct(self) -> Self:
        if self.max_values is not None and self.values != "any":
            raise ValueError("max_values: the values are listed; leave it out, or set values: any")
        labels = self.labels
        if len({folded(value) for value in labels}) != len(labels):
            raise ValueError(
                "values repeat a label (case, space and how accents are coded do not count); "
                "list each once"
            )
        if MISSING in labels:
            raise ValueError(f"values: {MISSING!r} stands for no value; name the label otherwise")
        return self

    @property
    def is_open(self) -> bool:
        """Tells whether the labels are learned from the training rows."""
        return self.values == "any"

    @property
    def labels(self) -> tuple[str, ...]:
        """Returns the listed labels; none where they are learned."""
        return self.values if isinstance(self.values, tuple) else ()

    @property
    def most_values(self) -> int:
        """Returns how many labels a model learns at most, where they are learned."""
        if self.max_values is not None:
            return self.max_values
        return DEFAULT_MAX_MEANS if self.encoding == "target" else DEFAULT_MAX_VALUES

    @property
    def accepts_unknown(self) -> bool:
        """Tells whether a request may hold a label that the model does not know."""
        return self.is_open if self.unknown is None else self.unknown == "accept"


class DatetimeColumn(_Column):
    """A moment: naive, or of a zone; never mixed."""

    kind: Literal["datetime"]
    format: Annotated[str | None, Field(min_length=1, max_length=100)] = None
    """How cells are written, in the directives of strptime, e.g. `%d.%m.%Y %H:%M`; ISO 8601 where
    absent. Requests always hold ISO 8601."""
    zone: Annotated[str | None, Field(min_length=1, max_length=100)] = None
    """An IANA zone such as `Europe/Berlin`, or `UTC`: the zone in which the model sees hours and
    days. Each cell then says its own offset (`Z`, `+01:00`), unless `format` is without `%z`: then
    cells are local times of the zone. Where absent, cells have no offset."""
    origin: str | None = None
    """The day, as `2026-01-31`, from which the model counts days; the first training day where
    absent."""

    @model_validator(mode="after")
    def _readable(self) -> Self:
        if self.format is not None:
            check_format(self.format, zoned=self.zone is not None)
        if self.zone is not None:
            check_zone(self.zone)
        if self.origin is not None:
            check_origin(self.origin)
        return self


AnyColumn = NumberColumn | BooleanColumn | CategoryColumn | DatetimeColumn
Column = Annotated[AnyColumn, Field(discriminator="kind")]


def folded(text: str) -> str:
    """Removes what does not count in a header field, label or null token.

    That is case, surrounding space, and whether an accent is a part of its letter or a sign of its
    own (Unicode's NFC).
    """
    plain = text.strip().casefold()
    return plain if plain.isascii() else normalize("NFC", plain)
