"""The experiments: single retrains and years of them, decided by the gate's own rules.

Each is a function of a table and of its number alone.
"""

from dataclasses import dataclass

import numpy as np

from rookery_trainer.gate.performance import Pair, performance_of
from rookery_trainer.gate.second_rules import (
    has_learned,
    keeps_skill,
    no_veto,
    superior_by_share,
)
from tools.gate_rates.fits import AnyFit, Floats, Penalty
from tools.gate_rates.prepared import Prepared
from tools.gate_rates.tables import (
    FEATURES,
    Sample,
    Sides,
    Table,
    World,
    drawn_sides,
    grown_sides,
)

RETRAINS = 24
"""In a year."""
GROWTH = 0.1
"""Rows that come with a new batch, as a share of the first ones."""
FRESH = 20_000
MIN_EFFECT, FLOOR = 0.02, 0.10
"""The spec's defaults."""
WEAR = 0.03
"""The share of the champion's skill that a worn challenger lacks."""

Figures = dict[str, float]


def generator_of(experiment: int, table: Table, number: int) -> np.random.Generator:
    """Makes the generator of one experiment: each table and number has its own."""
    return np.random.default_rng([experiment, number, *table.name.encode()])


def first_champion(table: Table, number: int, *, signal: bool) -> Figures:
    """Draws a table and sweeps it: what has the best trial learned?"""
    generator = generator_of(1 + signal, table, number)
    world = World.drawn(table, generator, signal=table.signal if signal else 0.0)
    prepared = Prepared(table, drawn_sides(table, world, generator))
    found = prepared.learned(prepared.sweep(generator))
    return {
        "skill": found.cross_validated_skill / prepared.constant_loss,
        "out_of_fold_p": found.out_of_fold_p,
        "holdout_p": found.holdout_p,
        "promoted": float(all(each.holds for each in has_learned(found))),
        # At which share of the first level it would still pass: that gives the rate of any retrain.
        "p": found.p if found.cross_validated_skill > 0 else 1.0,
    }


@dataclass(frozen=True)
class Fitted:
    """A fitted model; worn, it answers partly as the constant does."""

    fit: AnyFit
    penalty: Penalty
    constant: Floats
    worn: float = 0.0

    def answers(self, features: Floats) -> Floats:
        """Answers rows of features."""
        told = self.fit.answers(features, self.penalty)
        return (1 - self.worn) * told + self.worn * self.constant


def fitted(prepared: Prepared, penalty: Penalty) -> Fitted:
    """Fits the configuration to all training rows."""
    return Fitted(prepared.whole, penalty, prepared.constant)


def pair_of(prepared: Prepared, holdout: Sample, challenger: Fitted, champion: Fitted) -> Pair:
    """Judges both by the same rows."""
    made = [
        performance_of(
            prepared.measure, holdout.truth, model.answers(holdout.features), prepared.constant
        )
        for model in (challenger, champion)
    ]
    return Pair("1", *made)


def same_data(table: Table, number: int) -> list[Figures]:
    """Sweeps one table again and again: the recipe is the same, so that no gain is to be had."""
    generator = generator_of(3, table, number)
    world = World.drawn(table, generator, signal=table.signal)
    prepared = Prepared(table, drawn_sides(table, world, generator))
    champion = prepared.sweep(generator)
    found = []
    for _ in range(table.retrains):
        challenger = prepared.sweep(generator)
        promoted = _superior(prepared, challenger, champion)
        found.append({"promoted": float(promoted)})
        if promoted:
            champion = challenger
    return found


def better_recipe(table: Table, number: int) -> Figures:
    """Retrains one table with a recipe that is truly better than the champion's."""
    generator = generator_of(4, table, number)
    world = World.drawn(table, generator, signal=table.signal)
    prepared = Prepared(table, drawn_sides(table, world, generator))
    challenger = prepared.sweep(generator)
    # The champion keeps less than half of what it found: its recipe was too careful.
    champion = Penalty(0.5, 0.4)
    fresh = world.sample(FRESH, generator)
    judged = pair_of(prepared, fresh, fitted(prepared, challenger), fitted(prepared, champion))
    return {
        "promoted": float(_superior(prepared, challenger, champion)),
        "gain": (judged.challenger.skill - judged.champion.skill) / prepared.constant_loss,
    }


def _superior(prepared: Prepared, challenger: Penalty, champion: Penalty) -> bool:
    comparison = prepared.compared(challenger, champion)
    conditions = superior_by_share(comparison, prepared.constant_loss, MIN_EFFECT)
    if not all(each.holds for each in conditions):
        return False
    judged = pair_of(
        prepared, prepared.holdout, fitted(prepared, challenger), fitted(prepared, champion)
    )
    conditions = [
        *has_learned(prepared.learned(challenger)),
        *no_veto(judged.challenger, judged.champion, FLOOR),
    ]
    return all(each.holds for each in conditions)


def other_data(table: Table, number: int) -> Figures:
    """Retrains a table that has grown: with equal features, and with broken ones.

    Broken features are those of other rows: the strongest alone, all in the challenger's training,
    or all of today's table, which the champion then answers too.
    """
    generator = generator_of(5, table, number)
    world = World.drawn(table, generator, signal=table.signal)
    sizes = [table.rows, round(table.rows * (1 + GROWTH))]
    before, today = grown_sides(table, world, sizes, generator)
    first = Prepared(table, before)
    champion = fitted(first, first.sweep(generator))
    strongest = int(np.abs(world.weights).sum(axis=1).argmax())
    everything = list(range(FEATURES))
    found: Figures = {}
    for name, training_broken, holdout_broken in (
        ("equal", [], []),
        ("strongest broken", [strongest], [strongest]),
        ("all broken in training", everything, []),
        ("all broken for the challenger", everything, everything),
    ):
        broken = Sides(
            _broken(today.training, training_broken, generator),
            _broken(today.holdout, holdout_broken, generator),
        )
        prepared = Prepared(table, broken)
        challenger = fitted(prepared, prepared.sweep(generator))
        # The champion answers the features as they should be, the challenger as it gets them.
        pair = Pair(
            "1",
            performance_of(
                prepared.measure,
                today.holdout.truth,
                challenger.answers(broken.holdout.features),
                prepared.constant,
            ),
            performance_of(
                prepared.measure,
                today.holdout.truth,
                champion.answers(today.holdout.features),
                prepared.constant,
            ),
        )
        found[name] = float(_keeps(prepared, challenger, [pair]))
        if name == "all broken for the challenger":
            pair = pair_of(prepared, broken.holdout, challenger, champion)
            found["all broken for both"] = float(_keeps(prepared, challenger, [pair]))
    return found


def grown_data(table: Table, number: int, *, wear: bool) -> list[Figures]:
    """Retrains a table that grows, again and again; what is promoted becomes the champion.

    Where `wear`, each challenger has a little less skill than the champion.
    """
    generator = generator_of(6 + wear, table, number)
    world = World.drawn(table, generator, signal=table.signal)
    step = round(table.rows * GROWTH / 2)
    sizes = [table.rows + step * each for each in range(RETRAINS + 1)]
    states = grown_sides(table, world, sizes, generator)
    fresh = world.sample(FRESH, generator)
    first = Prepared(table, states[0])
    champions = [fitted(first, first.sweep(generator))]
    found = []
    for state in states[1:]:
        prepared = Prepared(table, state)
        challenger = fitted(prepared, prepared.sweep(generator))
        if wear:
            worn = 1 - (1 - WEAR) * (1 - champions[-1].worn)
            challenger = Fitted(challenger.fit, challenger.penalty, challenger.constant, worn)
        opponents = [champions[-each] for each in OPPONENTS if each <= len(champions)]
        pairs = [pair_of(prepared, prepared.holdout, challenger, each) for each in opponents]
        promoted = _keeps(prepared, challenger, pairs)
        if promoted:
            champions.append(challenger)
        skills = pair_of(prepared, fresh, champions[-1], champions[0])
        found.append(
            {
                "promoted": float(promoted),
                "skill": skills.challenger.skill / prepared.constant_loss,
                "skill of the first": skills.champion.skill / prepared.constant_loss,
            }
        )
    return found


OPPONENTS = (1, 2, 3, 4, 5, 8, 16)
"""How many champions back the opponents are."""


def _keeps(prepared: Prepared, challenger: Fitted, pairs: list[Pair]) -> bool:
    conditions = [keeps_skill(each, "") for each in pairs]
    conditions += no_veto(pairs[0].challenger, pairs[0].champion, FLOOR)
    if not all(each.holds for each in conditions):
        return False
    found = prepared.learned(challenger.penalty)
    return all(each.holds for each in has_learned(found))


def _broken(sample: Sample, features: list[int], generator: np.random.Generator) -> Sample:
    """Gives each row the values of another one in these features."""
    values = sample.features.copy()
    values[:, features] = values[generator.permutation(len(values))][:, features]
    return Sample(values, sample.truth, sample.groups, sample.moments)
