"""Distributions of a search space, by scipy.stats' names and parameters."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from rookery_core.frozen import Frozen

ParameterValue = bool | int | float | str | None
"""What a parameter of an estimator may be."""


class RandInt(Frozen):
    """Integers from `low` to `high - 1`, all equally likely."""

    distribution: Literal["randint"]
    low: int
    high: int

    @model_validator(mode="after")
    def _not_empty(self) -> Self:
        if self.high <= self.low:
            raise ValueError(f"randint({self.low}, {self.high}) holds no integer; raise high")
        return self


class Uniform(Frozen):
    """Real numbers from `loc` to `loc + scale`."""

    distribution: Literal["uniform"]
    loc: float
    scale: Annotated[float, Field(gt=0)]


class LogUniform(Frozen):
    """Real numbers from `a` to `b` whose logarithm is uniform."""

    distribution: Literal["loguniform"]
    a: Annotated[float, Field(gt=0)]
    b: float

    @model_validator(mode="after")
    def _not_empty(self) -> Self:
        if self.b <= self.a:
            raise ValueError(f"loguniform({self.a}, {self.b}) is empty; raise b")
        return self


class Choice(Frozen):
    """One of the listed values, all equally likely; a list of one is a constant."""

    distribution: Literal["choice"]
    values: Annotated[tuple[ParameterValue, ...], Field(min_length=1)]


Distribution = Annotated[
    RandInt | Uniform | LogUniform | Choice, Field(discriminator="distribution")
]
