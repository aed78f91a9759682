"""The hold-out of a spec: which rows no trial ever sees."""

import re
from datetime import timedelta
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from rookery_core.frozen import Frozen

Fraction = Annotated[float, Field(gt=0, lt=1)]
_UNITS = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}


class Holdout(Frozen):
    """Which rows no trial ever sees; a hash of their features decides, a group, or time."""

    by: Annotated[Literal["hash", "group", "time"], Field(exclude_if=lambda by: by == "hash")] = (
        "hash"
    )
    """What decides: a hash of the features; the values of `column`, whose rows all lie on one side;
    or the time in `column`, whose latest rows are held out. All but `hash` need `spec: 2`."""
    column: Annotated[str | None, Field(exclude_if=lambda column: column is None)] = None
    """The column of groups or of times."""
    embargo: Annotated[
        str | None, Field(pattern=r"^[0-9]{1,6}[mhdw]$", exclude_if=lambda embargo: embargo is None)
    ] = None
    """With `by: time`, how much time between the training rows and the hold-out is left out of
    both: a number and `m`, `h`, `d` or `w`, such as `7d`."""
    fraction: Fraction = 0.2
    """The expected share of rows held out."""
    salt: Annotated[str, Field(min_length=1)] = "1"
    """What the hash is salted with; chosen on class counts alone, never on scores."""

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if self.by == "hash" and self.column is not None:
            raise ValueError("column: with by: hash there is none; set by: group or by: time")
        if self.by != "hash" and self.column is None:
            raise ValueError(f"column: by: {self.by} needs the name of a column")
        if self.by != "time" and self.embargo is not None:
            raise ValueError("embargo: only by: time has one; leave it out")
        return self

    @property
    def embargo_time(self) -> timedelta:
        """Returns the embargo; zero where there is none."""
        if self.embargo is None:
            return timedelta()
        number, unit = re.fullmatch(r"(\d+)(\w)", self.embargo).groups()  # type: ignore[union-attr]
        return timedelta(**{_UNITS[unit]: int(number)})
