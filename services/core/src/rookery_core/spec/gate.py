"""The gate of a spec: when a challenger replaces the champion."""

from typing import Annotated, Literal

from pydantic import Field

from rookery_core.frozen import Frozen
from rookery_core.spec.holdout import Fraction


class Gate(Frozen):
    """When a challenger replaces the champion."""

    policy: Literal["superior", "always"] = "superior"
    """`superior`: only on evidence; `always`: each sweep's best, as in a workshop."""
    margin: Fraction = 0.05
    """Balanced accuracy a first champion needs above chance; on other data, the mean log loss
    on the hold-out by which a challenger may be worse. Without `spec: 2` alone: under it what a
    first champion needs, and what a challenger from other data keeps, are fixed."""
    min_effect: Annotated[float, Field(ge=0)] = 0.02
    """Mean cross-validated log loss a challenger must gain on the same data; under `spec: 2` the
    gain as a share of what a constant answer loses."""
    floor: Fraction = 0.10
    """How far the recall of any class may fall on the hold-out; under `spec: 2` of any that loses
    five rows or more, and more than it gains by being said wrongly less often."""
