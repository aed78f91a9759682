"""The contract of a served model: what a request holds and what an answer may say.

Fields that came with `spec: 2` are left out of dumps where they have their default: the contract of
a first-version model is to the byte what it was, and earlier releases read it.
"""

from functools import cached_property
from typing import Annotated, Literal, Self

from pydantic import ConfigDict, Field, model_validator

from rookery_core.frozen import Frozen
from rookery_core.spec.columns import (
    AnyColumn,
    BooleanColumn,
    CategoryColumn,
    DatetimeColumn,
    NumberColumn,
    Title,
    folded,
)
from rookery_core.spec.model_spec import ModelSpec
from rookery_core.spec.task import Task

Aliases = Annotated[tuple[str, ...], Field(exclude_if=lambda aliases: not aliases)]
"""Other names by which a request may call the feature; case and space do not count."""
Bound = Annotated[float | None, Field(exclude_if=lambda bound: bound is None)]
"""A number that the feature may not pass; any of float32's where there is none."""
EXAMPLE_DAY = "2026-01-31"


class _Described(Frozen):
    """Described as it is written: a field with a default is there too."""

    model_config = ConfigDict(json_schema_serialization_defaults_required=True)


class NumberFeature(_Described):
    """A finite number, within a closed range where it has one."""

    kind: Literal["number"] = "number"
    name: str
    aliases: Aliases = ()
    title: Title = ""
    unit: str = ""
    description: str = ""
    minimum: Bound = None
    maximum: Bound = None
    integer: Annotated[bool, Field(exclude_if=lambda integer: not integer)] = False
    """Whether it is a whole number."""
    offset: Annotated[float, Field(exclude_if=lambda offset: offset == 0)] = 0.0
    """What is subtracted from it before the model reads it."""
    optional: bool = False
    example: float


class BooleanFeature(_Described):
    """True or false."""

    kind: Literal["boolean"] = "boolean"
    name: str
    aliases: Aliases = ()
    title: Title = ""
    description: str = ""
    optional: bool = False
    example: bool = True


class CategoryFeature(_Described):
    """One of the listed values, or any text where unknown ones are accepted."""

    kind: Literal["category"] = "category"
    name: str
    aliases: Aliases = ()
    title: Title = ""
    description: str = ""
    values: tuple[str, ...]
    unknown: Annotated[
        Literal["refuse", "accept"], Field(exclude_if=lambda unknown: unknown == "refuse")
    ] = "refuse"
    """Whether a request may hold another text; the model then answers as for none of the values."""
    optional: bool = False
    example: str


class DatetimeFeature(_Described):
    """A moment, as text of ISO 8601: with an offset where there is a zone, else without one."""

    kind: Literal["datetime"] = "datetime"
    name: str
    aliases: Aliases = ()
    title: Title = ""
    description: str = ""
    zone: Annotated[str | None, Field(exclude_if=lambda zone: zone is None)] = None
    """The zone in whose calendar the model sees the moment."""
    origin: str
    """The day from which the model counts days; empty before there is a model."""
    optional: bool = False
    example: str


AnyFeature = NumberFeature | BooleanFeature | CategoryFeature | DatetimeFeature
Feature = Annotated[AnyFeature, Field(discriminator="kind")]


class Contract(_Described):
    """Features in the model's order, classes in the order of its probabilities; or a number."""

    model: str
    title: str
    description: str = ""
    task: Annotated[Task, Field(exclude_if=lambda task: task == "classification")] = (
        "classification"
    )
    """Whether an answer is a class with probabilities, or a number."""
    target: str
    unit: Annotated[str, Field(exclude_if=lambda unit: not unit)] = ""
    """The unit of the number that is answered; empty for a pure number, and for classes."""
    interval: Annotated[
        float | None, Field(gt=0, lt=1, exclude_if=lambda interval: interval is None)
    ] = None
    """The share of truths that is to lie within the interval that is answered beside a number; None
    where none is answered."""
    features: tuple[Feature, ...]
    classes: tuple[str, ...]
    """None where the answer is a number."""
    folded_names: Annotated[bool, Field(exclude_if=lambda folded_names: not folded_names)] = False
    """Whether a request may call a feature by its aliases, and in any case."""

    @model_validator(mode="after")
    def _of_its_task(self) -> Self:
        if self.task == "regression" and self.classes:
            raise ValueError("classes: a model that answers a number has none")
        if self.task == "classification" and (not self.classes or self.unit or self.interval):
            raise ValueError(
                "a model that answers classes has at least one, and no unit and no interval"
            )
        return self

    @cached_property
    def _names(self) -> dict[str, str]:
        return {
            folded(header): feature.name
            for feature in self.features
            for header in (feature.name, *feature.aliases)
        }

    def find(self, name: str) -> str | None:
        """Returns the name of the feature that a request calls `name`; None where there is none."""
        key = folded(name) if self.folded_names else name
        return self._names.get(key)


def is_first_version(feature: AnyFeature) -> bool:
    """Tells whether the first release knows all that the feature says."""
    match feature:
        case NumberFeature(aliases=(), integer=False, offset=0.0, minimum=low, maximum=high):
            return low is not None and high is not None
        case CategoryFeature(aliases=(), unknown="refuse", values=values):
            return bool(values)
        case _:
            return False


def contract_of(spec: ModelSpec) -> Contract:
    """Returns the contract of a model that is trained under `spec`.

    What training rows decide is known of a spec that has learned it: the labels of an open
    category, the origin of a datetime, and which features are missing in a row.
    """
    target = spec.column(spec.target)
    return Contract(
        model=spec.name,
        title=spec.title or spec.name,
        description=spec.description,
        task=spec.task,
        target=spec.target,
        unit=target.unit if isinstance(target, NumberColumn) else "",
        interval=spec.interval,
        features=tuple(
            _feature(column, named_freely=spec.spec == 2) for column in spec.feature_columns
        ),
        classes=spec.classes,
        folded_names=spec.spec == 2,
    )


def _feature(column: AnyColumn, *, named_freely: bool) -> AnyFeature:
    optional = bool(column.optional)
    aliases = column.aliases if named_freely else ()
    match column:
        case NumberColumn():
            return _number(column, aliases, optional=optional)
        case BooleanColumn():
            return BooleanFeature(
                name=column.name,
                aliases=aliases,
                title=column.title,
                description=column.description,
                optional=optional,
            )
        case CategoryColumn():
            values = column.labels
            return CategoryFeature(
                name=column.name,
                aliases=aliases,
                title=column.title,
                description=column.description,
                values=values,
                unknown="accept" if column.accepts_unknown else "refuse",
                optional=optional,
                example=values[0] if values else "",
            )
        case DatetimeColumn():
            origin = column.origin or ""
            day = origin or EXAMPLE_DAY
            return DatetimeFeature(
                name=column.name,
                aliases=aliases,
                title=column.title,
                description=column.description,
                zone=column.zone,
                origin=origin,
                optional=optional,
                example=day if column.zone is None else f"{day}T12:00:00Z",
            )


def _number(column: NumberColumn, aliases: tuple[str, ...], *, optional: bool) -> NumberFeature:
    bounds = column.range if column.out_of_range == "quarantine" else None
    low, high = bounds or (None, None)
    return NumberFeature(
        name=column.name,
        aliases=aliases,
        title=column.title,
        unit=column.unit,
        description=column.description,
        minimum=low,
        maximum=high,
        integer=column.integer,
        offset=column.offset,
        optional=optional,
        example=column.typical,
    )
