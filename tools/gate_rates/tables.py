"""Simulated tables: features, a target that follows them as strongly as is asked, and sides."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from tools.gate_rates.fits import Floats, Learner

FEATURES = 6
GROUP = 10
"""Rows of a group."""
MEMORY = 0.9
"""How much of a moment's noise is left in the next one, by time."""

Alike = Literal["no rows", "groups", "neighbours"]
Noise = Literal["gaussian", "heavy-tailed", "multiplicative"]


@dataclass(frozen=True)
class Table:
    """A kind of table."""

    name: str
    rows: int
    shares: tuple[float, ...] = ()
    """Of the classes; none where the target is a number."""
    noise: Noise = "gaussian"
    alike: Alike = "no rows"
    signal: float = 0.8
    """How strongly the target follows the features where it does, in deviations of the noise."""
    one_in: int = 5
    """Of how many rows one is held out."""

    learner: Learner = "closed form"
    trials: int = 20
    """Configurations of a sweep."""
    retrains: int = 24
    """Sweeps of the same data in a row, the first one's champion not counted."""

    @property
    def classes(self) -> int:
        """How many classes there are; 0 where the target is a number."""
        return len(self.shares)


TREE_LEARNERS: tuple[Learner, ...] = ("forest", "boosting")
TABLES = (
    Table("balanced, 344 rows", 344, (0.5, 0.5)),
    Table("balanced", 1_000, (0.5, 0.5)),
    Table("5 % positives", 1_000, (0.95, 0.05)),
    Table("1 % positives", 5_000, (0.99, 0.01)),
    Table("3 classes", 1_000, (0.5, 0.3, 0.2)),
    Table("20 classes", 2_000, (0.05,) * 20),
    Table("number, Gaussian", 1_000),
    Table("number, heavy-tailed", 1_000, noise="heavy-tailed"),
    Table("number, multiplicative", 1_000, noise="multiplicative"),
    Table("balanced, a tenth of 500 held out", 500, (0.5, 0.5), one_in=10),
    Table("20 % positives, a tenth held out", 1_000, (0.8, 0.2), one_in=10),
    Table("5 % positives, a tenth of 4,000 held out", 4_000, (0.95, 0.05), one_in=10),
    Table("3 classes, a tenth held out", 1_000, (0.5, 0.3, 0.2), one_in=10),
    Table("number, Gaussian, a tenth of 500 held out", 500, one_in=10),
    Table("number, heavy-tailed, a tenth of 500 held out", 500, noise="heavy-tailed", one_in=10),
    Table(
        "number, multiplicative, a tenth of 500 held out", 500, noise="multiplicative", one_in=10
    ),
    Table("balanced, groups", 1_000, (0.5, 0.5), alike="groups"),
    Table("5 % positives, groups", 2_000, (0.95, 0.05), alike="groups"),
    Table("number, groups", 1_000, alike="groups"),
    Table("balanced, by time", 1_000, (0.5, 0.5), alike="neighbours"),
    Table("number, by time", 1_000, alike="neighbours"),
)

TREE_TABLES = tuple(
    replace(table, name=f"{table.name}, {learner}", learner=learner, trials=4, retrains=6)
    for table in TABLES
    if table.name in ("balanced", "5 % positives", "number, Gaussian")
    for learner in TREE_LEARNERS
)
"""The same with trees as learners, in smaller and fewer sweeps: a fit costs far more."""


@dataclass(frozen=True)
class Sample:
    """Rows of a table."""

    features: Floats
    truth: NDArray[np.generic]
    groups: NDArray[np.intp] | None
    moments: NDArray[np.int64] | None

    def __len__(self) -> int:
        return len(self.truth)

    def take(self, places: NDArray[np.intp]) -> "Sample":
        """Selects rows."""
        return Sample(
            self.features[places],
            self.truth[places],
            None if self.groups is None else self.groups[places],
            None if self.moments is None else self.moments[places],
        )


@dataclass(frozen=True)
class World:
    """What stays true of a table from draw to draw: how the target follows the features."""

    table: Table
    weights: Floats
    """[features, classes], or [features, 1]."""

    @classmethod
    def drawn(cls, table: Table, generator: np.random.Generator, *, signal: float) -> "World":
        """Draws the weights; with `signal` 0 the target has no relation to the features."""
        columns = table.classes if table.classes > 2 else 1
        weights = generator.standard_normal((FEATURES, columns))
        return cls(table, signal * weights / np.linalg.norm(weights, axis=0))

    def sample(self, rows: int, generator: np.random.Generator) -> Sample:
        """Draws rows, in the order of time where that matters."""
        table = self.table
        groups = np.arange(rows) // GROUP if table.alike == "groups" else None
        features = self._alike(rows, FEATURES, generator)
        noise = self._alike(rows, self.weights.shape[1], generator)
        truth = _truth(table, features @ self.weights, noise, generator)
        moments = np.arange(rows, dtype=np.int64) if table.alike == "neighbours" else None
        return Sample(features, truth, groups, moments)

    def _alike(self, rows: int, columns: int, generator: np.random.Generator) -> Floats:
        """Draws standard normal columns, in which rows are as alike as the table says."""
        drawn: Floats = generator.standard_normal((rows, columns))
        if self.table.alike == "groups":
            shared = generator.standard_normal((-(-rows // GROUP), columns))
            drawn = np.sqrt(0.5) * (drawn + shared[np.arange(rows) // GROUP])
        elif self.table.alike == "neighbours":
            for row in range(1, rows):
                drawn[row] = MEMORY * drawn[row - 1] + np.sqrt(1 - MEMORY**2) * drawn[row]
        return drawn


def _truth(
    table: Table, means: Floats, noise: Floats, generator: np.random.Generator
) -> NDArray[np.generic]:
    if table.classes > 2:
        # Noise of Gumbel's form: the probabilities are those of a softmax.
        levels: Floats = means + np.log(table.shares) + generator.gumbel(size=means.shape)
        chosen: NDArray[np.intp] = levels.argmax(axis=1)
        return chosen
    latent = (means + noise)[:, 0]
    if table.classes:
        # The share is met exactly, as sides that are dealt by class do.
        ranks = np.argsort(np.argsort(latent))
        classes: NDArray[np.intp] = (ranks >= round(table.shares[0] * len(latent))).astype(np.intp)
        return classes
    if table.noise == "multiplicative":
        return np.exp(latent)
    if table.noise == "heavy-tailed":
        return latent / np.sqrt(generator.chisquare(2.5, len(latent)) / 2.5)
    return latent


@dataclass(frozen=True)
class Sides:
    """A sample, divided."""

    training: Sample
    holdout: Sample


def held_rows(table: Table, sample: Sample, generator: np.random.Generator) -> NDArray[np.bool_]:
    """Tells which rows [N] the hold-out holds: dealt by class or by group, or the last by time."""
    rows = len(sample)
    if sample.moments is not None:
        return np.array(np.arange(rows) >= rows - rows // table.one_in, dtype=np.bool_)
    if sample.groups is not None:
        names = generator.permutation(int(sample.groups.max()) + 1)
        return np.array(names[sample.groups] % table.one_in == 0, dtype=np.bool_)
    order = generator.permutation(rows)
    if table.classes:
        order = order[np.argsort(sample.truth[order], kind="stable")]
    dealt = np.empty(rows, dtype=np.intp)
    dealt[order] = np.arange(rows)
    return np.array(dealt % table.one_in == 0, dtype=np.bool_)


def divided(sample: Sample, held: NDArray[np.bool_]) -> Sides:
    """Divides rows by the side [N] that each has."""
    return Sides(sample.take(np.flatnonzero(~held)), sample.take(np.flatnonzero(held)))


def drawn_sides(table: Table, world: World, generator: np.random.Generator) -> Sides:
    """Draws as many rows as the table has, and divides them."""
    sample = world.sample(table.rows, generator)
    return divided(sample, held_rows(table, sample, generator))


def grown_sides(
    table: Table, world: World, sizes: Sequence[int], generator: np.random.Generator
) -> list[Sides]:
    """Draws a table that grows to each of these sizes.

    No row changes its side, but by time: there the last ones are held out.
    """
    whole = world.sample(sizes[-1], generator)
    held = held_rows(table, whole, generator)
    states = [whole.take(np.arange(size)) for size in sizes]
    if whole.moments is not None:
        return [divided(state, held_rows(table, state, generator)) for state in states]
    return [divided(state, held[: len(state)]) for state in states]
