"""Domains of estimator parameters: which values a search space may hold."""

import math
from dataclasses import dataclass

from rookery_core.spec.distributions import (
    Choice,
    Distribution,
    LogUniform,
    ParameterValue,
    RandInt,
    Uniform,
)


@dataclass(frozen=True)
class Between:
    """Numbers from `low` to `high`, each bound included unless it is open."""

    low: float
    high: float = math.inf
    open_low: bool = False
    open_high: bool = False

    def holds(self, number: float) -> bool:
        """Tells whether a number lies within."""
        above = number > self.low if self.open_low else number >= self.low
        below = number < self.high if self.open_high else number <= self.high
        return above and below

    def covers(self, low: float, high: float) -> bool:
        """Tells whether all numbers between the two lie within; the two themselves need not."""
        return self.low <= low and high <= self.high

    def __str__(self) -> str:
        left = "above" if self.open_low else "from"
        if self.high == math.inf:
            return f"{left} {self.low:g}"
        return f"{left} {self.low:g} to {'below ' if self.open_high else ''}{self.high:g}"


@dataclass(frozen=True)
class Domain:
    """The values of a parameter: whole numbers, real numbers, words, or a mixture."""

    whole: Between | None = None
    real: Between | None = None
    """Without `whole`, whole numbers count as real ones."""
    words: tuple[str, ...] = ()
    none: bool = False
    """Whether null is a value."""
    flag: bool = False
    """Whether true and false are values."""
    odd: bool = False
    """Whether whole numbers must be odd."""

    def fault(self, distribution: Distribution) -> str | None:
        """Says what is wrong with a distribution over this domain; None if nothing is."""
        match distribution:
            case Choice(values=values):
                wrong = [value for value in values if not self.holds(value)]
            case RandInt(low=low, high=high):
                if self.odd:
                    return f"randint draws even numbers too; use a choice of values: {self}"
                wrong = [bound for bound in (low, high - 1) if not self.holds(bound)]
            case Uniform(loc=low, scale=scale):
                wrong = self._outside(low, low + scale)
            case LogUniform(a=low, b=high):
                wrong = self._outside(low, high)
        return f"cannot be {', '.join(map(_told, wrong))}; allowed: {self}" if wrong else None

    def holds(self, value: ParameterValue) -> bool:
        """Tells whether a value is in the domain."""
        if value is None:
            return self.none
        if isinstance(value, bool):
            return self.flag
        if isinstance(value, str):
            return value in self.words
        if isinstance(value, int) and self.whole:
            return self.whole.holds(value) and (value % 2 == 1 or not self.odd)
        return self.real is not None and self.real.holds(value)

    def _outside(self, low: float, high: float) -> list[ParameterValue]:
        return [] if self.real and self.real.covers(low, high) else [low, high]

    def __str__(self) -> str:
        parts = list(self.words)
        if self.whole:
            parts.append(f"{'odd' if self.odd else 'whole'} numbers {self.whole}")
        if self.real:
            parts.append(f"numbers {self.real}")
        if self.flag:
            parts += ["true", "false"]
        if self.none:
            parts.append("null")
        return ", ".join(parts)


def _told(value: ParameterValue) -> str:
    if value is None:
        return "null"
    return str(value).lower() if isinstance(value, bool) else repr(value)
