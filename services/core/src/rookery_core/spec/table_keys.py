"""Keys of a spec that say what the data are: the source, and the table that is made of it."""

from typing import Annotated, Literal

from pydantic import Field, ValidationInfo, field_validator

from rookery_core.frozen import Frozen
from rookery_core.spec.column_checks import MOST_COLUMNS
from rookery_core.spec.columns import AnyColumn, Column, ColumnName, folded
from rookery_core.spec.source import CsvDialect, Source

ModelName = Annotated[str, Field(pattern=r"^[a-z](-?[a-z0-9])*$", max_length=30)]
RESERVED_MODEL_NAMES = frozenset({"batches", "quarantine"})
"""Names that no model may have: tables of all models have them."""
DEFAULT_NULL_TOKENS = ("", "NA", "null")
_PLAIN_CSV = CsvDialect()


class TableKeys(Frozen):
    """A model's name, its source, and the columns of its table."""

    spec: Annotated[Literal[1, 2], Field(exclude_if=lambda version: version == 1)] = 1
    """The version of these rules. Without `spec: 2` they are those of the first release."""
    name: ModelName
    """Names the registered model, the tables, the route and the Kubernetes objects."""
    title: str = ""
    """What people call the model; the name where empty."""
    description: str = ""
    """What the model predicts from what, in a sentence."""
    source: Source
    csv: Annotated[CsvDialect, Field(exclude_if=lambda csv: csv == _PLAIN_CSV)] = _PLAIN_CSV
    """How the source's texts are written, where it is a CSV. Needs `spec: 2`."""
    extra_columns: Annotated[
        Literal["keep", "refuse"] | None, Field(exclude_if=lambda value: value is None)
    ] = None
    """What becomes of columns of the source that the spec does not list: `keep`: they stay in raw
    data and are named once in the log; `refuse`: the source is refused. `keep` where absent under
    `spec: 2`; without `spec: 2` always `refuse`."""
    ignore: Annotated[tuple[str, ...], Field(exclude_if=lambda ignore: not ignore)] = ()
    """Headers of columns of the source that are used for nothing, and named nowhere; case and space
    do not count. Needs `spec: 2`."""
    columns: Annotated[
        tuple[Column, ...], Field(min_length=2, json_schema_extra={"maxItems": MOST_COLUMNS})
    ]
    null_tokens: tuple[str, ...] = DEFAULT_NULL_TOKENS
    """Texts that mean "missing" in every column; case and space do not count. Under `spec: 2` they
    add to the default ones."""
    default_null_tokens: Annotated[bool, Field(exclude_if=lambda value: value is True)] = True
    """Whether `""`, `NA` and `null` mean "missing" under `spec: 2`, whatever `null_tokens` are."""
    key: tuple[ColumnName, ...] = ()
    """Columns that identify a row; the whole content does where empty."""
    weight: Annotated[ColumnName | None, Field(exclude_if=lambda weight: weight is None)] = None
    """A column of numbers, 0 or more, that says how much each row counts in fits and metrics. It is
    no feature, and no request holds it. A row without one is put in quarantine, one of 0 is left
    out of training. Needs `spec: 2`."""

    @field_validator("spec", mode="before")
    @classmethod
    def _whole(cls, version: object) -> object:
        """Refuses what Python calls equal to a whole number: true and 1.0."""
        if type(version) in (bool, float):
            raise ValueError("write 1 or 2")
        return version

    @field_validator("columns", mode="after")
    @classmethod
    def _never_optional(
        cls, columns: tuple[AnyColumn, ...], info: ValidationInfo
    ) -> tuple[AnyColumn, ...]:
        """Says of a first-version spec's columns if they are optional, as the first release did."""
        if info.data.get("spec") != 1:
            return columns
        return tuple(
            column.model_copy(update={"optional": False}) if column.optional is None else column
            for column in columns
        )

    def column(self, name: str) -> AnyColumn:
        """Returns the column of that name."""
        return next(column for column in self.columns if column.name == name)

    @property
    def is_snapshot(self) -> bool:
        """Tells whether the table holds the last accepted source's rows, not those of all."""
        return self.spec == 2 and self.source.mode != "append"

    @property
    def keeps_extra_columns(self) -> bool:
        """Tells whether a source may hold columns that the spec does not list."""
        return self.spec == 2 and self.extra_columns != "refuse"

    @property
    def all_null_tokens(self) -> tuple[str, ...]:
        """Returns the texts that mean "missing" in every column."""
        if self.spec == 1 or not self.default_null_tokens:
            return self.null_tokens
        return tuple(dict.fromkeys((*DEFAULT_NULL_TOKENS, *self.null_tokens)))

    @property
    def null_keys(self) -> frozenset[str]:
        """Returns the spec's null tokens in the form in which cells are compared."""
        return frozenset(folded(token) for token in self.all_null_tokens)
