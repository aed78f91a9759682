"""The configurations of a sweep, drawn from the spec's search space."""

import json
import math
from collections.abc import Iterator
from itertools import islice

import numpy as np

from rookery_core.errors import Refused
from rookery_core.spec.distributions import (
    Choice,
    Distribution,
    LogUniform,
    ParameterValue,
    RandInt,
    Uniform,
)
from rookery_core.spec.model_spec import ModelSpec
from rookery_trainer.model.trial import Configuration


def configurations(spec: ModelSpec, ordinal: int) -> Iterator[Configuration]:
    """Yields the sweep's configurations: no two are equal; seed and ordinal decide which.

    The first `spec.trials` are the trials'; the next ones replace trials that fail. The iterator
    ends when a finite space is exhausted.
    """
    generator = np.random.default_rng([spec.seed, ordinal])
    size = space_size(spec)
    seen: set[str] = set()
    while len(seen) < size:
        # Sorted: the order of the YAML's keys must not matter.
        names = sorted(spec.search_space)
        drawn = {name: _draw(generator, spec.search_space[name]) for name in names}
        identity = json.dumps(drawn)
        if identity not in seen:
            seen.add(identity)
            yield Configuration(spec.estimator, drawn)


def first_configurations(spec: ModelSpec, ordinal: int, spare: int) -> tuple[Configuration, ...]:
    """Draws the trials' configurations and up to `spare` replacements.

    Raises:
        Refused: the space holds fewer configurations than the sweep has trials.
    """
    if space_size(spec) < spec.trials:
        raise Refused(
            f"the search space of {spec.name!r} holds {space_size(spec)} distinct configurations, "
            f"its sweep has {spec.trials} trials; widen search_space or lower trials"
        )
    return tuple(islice(configurations(spec, ordinal), spec.trials + spare))


def space_size(spec: ModelSpec) -> float:
    """Counts the distinct configurations of the space; infinite with a continuous parameter."""
    return math.prod(_size(distribution) for distribution in spec.search_space.values())


def sweep_seed(spec: ModelSpec, ordinal: int) -> int:
    """Derives the seed of a sweep's estimators, below 2**31."""
    state = np.random.SeedSequence([spec.seed, ordinal]).generate_state(1)
    return int(state[0]) >> 1


def _size(distribution: Distribution) -> float:
    match distribution:
        case RandInt(low=low, high=high):
            return high - low
        case Choice(values=values):
            return len({json.dumps(value) for value in values})
        case _:
            return math.inf


def _draw(generator: np.random.Generator, distribution: Distribution) -> ParameterValue:
    match distribution:
        case RandInt(low=low, high=high):
            return int(generator.integers(low, high))
        case Uniform(loc=loc, scale=scale):
            return float(generator.uniform(loc, loc + scale))
        case LogUniform(a=a, b=b):
            return float(math.exp(generator.uniform(math.log(a), math.log(b))))
        case Choice(values=values):
            return values[int(generator.integers(len(values)))]
