"""The configurations of a sweep, drawn from the spec's search space."""

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from itertools import count, islice

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
from rookery_core.spec.estimators import AUTO, EstimatorName
from rookery_core.spec.model_spec import ModelSpec
from rookery_trainer.data.search_rows import most_search_rows
from rookery_trainer.data.table_size import TableSize
from rookery_trainer.estimators import ESTIMATORS, FEW_ROWS
from rookery_trainer.model.trial import Configuration

GOLDEN_RATIO = (math.sqrt(5) - 1) / 2


def configurations(
    spec: ModelSpec, ordinal: int, size: TableSize | None = None
) -> Iterator[Configuration]:
    """Yields the sweep's configurations: no two are equal; seed and ordinal decide which.

    The first `spec.trials` are the trials'; the next ones replace trials that fail. The iterator
    ends when a finite space is exhausted.

    Several estimators first each come as they are by default, the boosted ones first of all. Then
    parameters are drawn, in turn, of the boosted ones among them and, where there are few rows, of
    the linear one; of all where none is boosted. A parameter that is the only one of its estimator
    is spread over its space.

    Args:
        size: that of the training rows, which decides what `auto` tries; None: everything.
    """
    generator = np.random.default_rng([spec.seed, ordinal])
    names = eligible(spec, size)
    if len(names) == 1:
        yield from _drawn(names[0], spec.search_space, generator)
        return
    # The plain form of each is drawn from no space, so none is drawn a second time.
    yield from (Configuration(name, {}) for name in names)
    searched = _searched(spec, names, size)
    spaces = [_drawn_of_several(name, spec, generator) for name in searched]
    while spaces:
        for space in list(spaces):
            drawn = next(space, None)
            if drawn is None:
                spaces.remove(space)
            else:
                yield drawn


def eligible(spec: ModelSpec, size: TableSize | None) -> tuple[EstimatorName, ...]:
    """Selects the estimators that a sweep over that many training rows tries, boosted ones first.

    One that a person named is tried whatever it takes, and so are all where each takes too much.
    """
    names = spec.candidates
    if spec.estimator == AUTO and not spec.estimators and size is not None:
        cells = _compared(spec, size) * size.breadth
        tried = [name for name in names if _is_tried(name, size, cells, len(spec.classes))]
        names = tuple(tried) or names
    return tuple(sorted(names, key=lambda name: not ESTIMATORS[name].boosted))


def _searched(
    spec: ModelSpec, names: Sequence[EstimatorName], size: TableSize | None
) -> list[EstimatorName]:
    """Selects those whose parameters are drawn: docs/decisions/0317-what-auto-draws.md."""
    if not any(ESTIMATORS[name].boosted for name in names):
        return list(names)
    few = size is None or _compared(spec, size) <= FEW_ROWS
    return [name for name in names if ESTIMATORS[name].boosted or (few and ESTIMATORS[name].linear)]


def _compared(spec: ModelSpec, size: TableSize) -> int:
    """Counts the rows on which trials are compared."""
    return min(size.rows, most_search_rows(spec, size.breadth))


def _is_tried(name: EstimatorName, size: TableSize, cells: int, classes: int) -> bool:
    known = ESTIMATORS[name]
    return (
        size.rows <= (known.most_rows or math.inf)
        and cells <= (known.most_cells or math.inf)
        and classes <= (known.most_classes or math.inf)
    )


def _drawn_of_several(
    name: EstimatorName, spec: ModelSpec, generator: np.random.Generator
) -> Iterator[Configuration]:
    """Draws configurations of one of several estimators, few of which are ever tried."""
    space = spec.space_of(name)
    match list(space.items()):
        case [(parameter, LogUniform(a=a, b=b))]:
            return _spread(name, parameter, (math.log(a), math.log(b)), generator)
        case _:
            return _drawn(name, space, generator)


def _spread(
    estimator: EstimatorName,
    parameter: str,
    bounds: tuple[float, float],
    generator: np.random.Generator,
) -> Iterator[Configuration]:
    """Draws the logarithm of a single parameter so that the first few lie far apart.

    Steps of the golden ratio around a circle fall into the largest gaps (a Weyl sequence).
    """
    low, high = bounds
    start = generator.uniform()
    for place in count():
        share = (start + place * GOLDEN_RATIO) % 1
        yield Configuration(estimator, {parameter: math.exp(low + share * (high - low))})


def _drawn(
    estimator: EstimatorName, space: Mapping[str, Distribution], generator: np.random.Generator
) -> Iterator[Configuration]:
    size = _space_size(space)
    seen: set[str] = set()
    # Sorted: the order of the YAML's keys must not matter.
    names = sorted(space)
    while len(seen) < size:
        drawn = {name: _draw(generator, space[name]) for name in names}
        identity = json.dumps(drawn)
        if identity not in seen:
            seen.add(identity)
            yield Configuration(estimator, drawn)


def first_configurations(
    spec: ModelSpec, ordinal: int, spare: int, size: TableSize | None = None
) -> tuple[Configuration, ...]:
    """Draws the trials' configurations and up to `spare` replacements.

    Args:
        size: that of the training rows, which decides what `auto` tries; None: everything.

    Raises:
        Refused: the space holds fewer configurations than the sweep has trials.
    """
    if space_size(spec) < spec.trials:
        raise Refused(
            f"the search space of {spec.name!r} holds {space_size(spec)} distinct configurations, "
            f"its sweep has {spec.trials} trials; widen search_space or lower trials"
        )
    return tuple(islice(configurations(spec, ordinal, size), spec.trials + spare))


def space_size(spec: ModelSpec) -> float:
    """Counts the distinct configurations of the space; infinite with a continuous parameter."""
    if len(spec.candidates) > 1:
        spaces = (spec.space_of(name) for name in spec.candidates)
        return sum(1 + _space_size(space) for space in spaces)
    return _space_size(spec.search_space)


def _space_size(space: Mapping[str, Distribution]) -> float:
    return math.prod(_size(distribution) for distribution in space.values())


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
