"""The gate's second version: decides by the rule that fits. Pure, with its evidence."""

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from rookery_core.spec.gate import Gate
from rookery_trainer.gate.decision import Decision
from rookery_trainer.gate.evidence import plain
from rookery_trainer.gate.gate import Rule, reason_of, rule_for
from rookery_trainer.gate.performance import Learned, Pair, Performance
from rookery_trainer.gate.resampled_t_test import Comparison
from rookery_trainer.gate.rules import Condition
from rookery_trainer.gate.second_rules import (
    has_learned,
    keeps_skill,
    no_veto,
    superior_by_share,
)
from rookery_trainer.model.label_worth import Aim

LEARNED = "learned"
"""The key of the evidence that only this version's decisions have."""


@dataclass(frozen=True)
class Opposition:
    """The champion, as far as it can be compared with a challenger."""

    version: str
    """Of the registered model."""
    unseen: tuple[int, ...] | None = None
    """The rows of each class of the hold-out that it was not trained on, where they are too few to
    compare the two; None where they are enough, or the contract is another one."""
    pair: Pair | None = None
    """Both on the rows that the champion was not trained on; None where they cannot be compared."""
    comparison: Comparison | None = None
    """The two configurations, where both were trained from the same data."""
    earlier: tuple[Pair, ...] = ()
    """The challenger and earlier champions, where the data are others."""
    asked_otherwise: bool = False
    """Whether the spec asks for another decision, order of answers or interval than it did when the
    champion was trained."""


@dataclass(frozen=True)
class Case:
    """What the gate decides on."""

    learned: Learned
    constant_loss: float
    """What the constant loses on a training row."""
    champion: Opposition | None
    aim: Aim | None = None
    """What thresholds are chosen for, where the spec has a decision."""


def decide_second(case: Case, gate: Gate) -> Decision:
    """Decides by the rule that fits the situation.

    A figure that is not a number is a rejection under every policy. Otherwise the policy `always`
    promotes; under `superior` the challenger must have learned something and, if there is a
    champion that it can be compared with, stand beside that one: by the rule for the same data, or
    for other data.
    """
    rule = _rule(case, gate)
    conditions = _conditions(rule, case, gate)
    return Decision(
        promote=rule != "not a number" and all(condition.holds for condition in conditions),
        rule=rule,
        reason=reason_of(rule, conditions),
        evidence=_evidence(case, rule, conditions),
    )


def _rule(case: Case, gate: Gate) -> Rule:
    champion = case.champion
    return rule_for(
        gate,
        finite=_finite(case),
        # A champion that has seen nearly all of the hold-out would be judged by its training rows.
        has_opponent=champion is not None and champion.unseen is None,
        comparable=champion is not None and champion.pair is not None,
        same_data=champion is not None and champion.comparison is not None,
    )


def _conditions(rule: Rule, case: Case, gate: Gate) -> list[Condition]:
    if rule in ("not a number", "always"):
        return []
    conditions = has_learned(case.learned)
    champion = case.champion
    if champion is None or champion.pair is None:
        return conditions
    if champion.comparison is not None:
        conditions += superior_by_share(champion.comparison, case.constant_loss, gate.min_effect)
    else:
        conditions += [
            keeps_skill(pair, f"version {pair.version}")
            for pair in (champion.pair, *champion.earlier)
        ]
    pair = champion.pair
    return conditions + no_veto(pair.challenger, pair.champion, gate.floor, case.aim)


def _finite(case: Case) -> bool:
    found = case.learned
    figures = [
        case.constant_loss,
        found.cross_validated_skill,
        found.out_of_fold_p,
        found.holdout_p,
    ]
    champion = case.champion
    pairs = [champion.pair, *champion.earlier] if champion else []
    for pair in pairs:
        if pair is not None:
            for each in (pair.challenger, pair.champion):
                figures += [each.skill, each.large_error]
    if champion and champion.comparison:
        compared = champion.comparison
        figures += [*compared.gains, compared.mean_gain, compared.t, compared.p]
    return all(math.isfinite(figure) for figure in figures)


def _evidence(case: Case, rule: Rule, conditions: Sequence[Condition]) -> dict[str, Any]:
    found: dict[str, Any] = {
        "rule": rule,
        "conditions": [asdict(condition) for condition in conditions],
        LEARNED: asdict(case.learned),
        "constant_loss": case.constant_loss,
    }
    champion = case.champion
    if champion:
        found["champion"] = {
            "version": champion.version,
            "same_contract": champion.pair is not None or champion.unseen is not None,
        }
        if champion.asked_otherwise:
            found["champion"]["asked_otherwise"] = True
        if champion.unseen is not None:
            found["champion"]["unseen_rows"] = list(champion.unseen)
        if champion.pair:
            found["champion"] |= _figures(champion.pair.champion, case.aim)
            found["challenger"] = _figures(champion.pair.challenger, case.aim)
        if champion.earlier:
            found["earlier_champions"] = [
                {
                    "version": pair.version,
                    "rows": pair.champion.rows,
                    "skill": pair.champion.skill,
                    "challenger_skill": pair.challenger.skill,
                }
                for pair in champion.earlier
            ]
        if champion.comparison:
            found["comparison"] = asdict(champion.comparison)
    recorded: dict[str, Any] = plain(found)
    return recorded


def _figures(performance: Performance, aim: Aim | None) -> dict[str, Any]:
    figures: dict[str, Any] = {"rows": performance.rows, "skill": performance.skill}
    if performance.confusion is None:
        return {**figures, "large_error": performance.large_error}
    return {
        **figures,
        "misses": performance.misses,
        "confusion": performance.confusion.tolist(),
        **({aim.name: aim.figure(performance.told)} if aim else {}),
    }
