"""The contract of a served model: what a request holds and what an answer may say."""

from typing import Annotated, Literal

from pydantic import ConfigDict, Field

from rookery_core.frozen import Frozen
from rookery_core.spec.columns import CategoryColumn, NumberColumn, Title
from rookery_core.spec.model_spec import ModelSpec


class _Described(Frozen):
    """Described as it is written: a field with a default is there too."""

    model_config = ConfigDict(json_schema_serialization_defaults_required=True)


class NumberFeature(_Described):
    """A number within a closed range."""

    kind: Literal["number"] = "number"
    name: str
    title: Title = ""
    unit: str = ""
    description: str = ""
    minimum: float
    maximum: float
    optional: bool = False
    example: float


class CategoryFeature(_Described):
    """One of the listed values."""

    kind: Literal["category"] = "category"
    name: str
    title: Title = ""
    description: str = ""
    values: tuple[str, ...]
    optional: bool = False
    example: str


Feature = Annotated[NumberFeature | CategoryFeature, Field(discriminator="kind")]


class Contract(_Described):
    """Features in the model's order, classes in the order of its probabilities."""

    model: str
    title: str
    description: str = ""
    target: str
    features: tuple[Feature, ...]
    classes: tuple[str, ...]


def contract_of(spec: ModelSpec) -> Contract:
    """Returns the contract of a model that is trained today under `spec`."""
    features: list[NumberFeature | CategoryFeature] = []
    for column in spec.feature_columns:
        if isinstance(column, NumberColumn):
            low, high = column.bounds
            features.append(
                NumberFeature(
                    name=column.name,
                    title=column.title,
                    unit=column.unit,
                    description=column.description,
                    minimum=low,
                    maximum=high,
                    optional=column.optional or False,
                    example=column.typical,
                )
            )
        elif isinstance(column, CategoryColumn):
            features.append(
                CategoryFeature(
                    name=column.name,
                    title=column.title,
                    description=column.description,
                    values=column.labels,
                    optional=column.optional or False,
                    example=column.labels[0],
                )
            )
    return Contract(
        model=spec.name,
        title=spec.title or spec.name,
        description=spec.description,
        target=spec.target,
        features=tuple(features),
        classes=spec.classes,
    )
