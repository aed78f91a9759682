"""The gate: decides whether a challenger becomes the champion. Pure, with its evidence."""

import math
from collections.abc import Sequence
from typing import Literal

from rookery_core.spec.gate import Gate
from rookery_trainer.gate import evidence
from rookery_trainer.gate.contenders import Challenger, Champion
from rookery_trainer.gate.decision import Decision
from rookery_trainer.gate.rules import Condition, beats_chance, no_worse, not_inferior, superior
from rookery_trainer.model.scores import Score

FIRST_CHAMPION = "first champion"

Rule = Literal[
    "first champion",
    "new baseline",
    "superior configuration",
    "fresh data",
    "always",
    "not a number",
]
"""Which rule decided; see docs/decisions/0301-the-gate.md."""


def decide(challenger: Challenger, champion: Champion | None, gate: Gate) -> Decision:
    """Decides by the rule that fits the situation.

    A score that is not a number is a rejection under every policy. Otherwise the policy `always`
    promotes; under `superior` the challenger must beat chance and, if there is a champion of the
    same contract, also that champion: by the rule for the same data, or for other data.
    """
    rule = _rule(challenger, champion, gate)
    conditions = _conditions(rule, challenger, champion, gate)
    return Decision(
        promote=rule != "not a number" and all(condition.holds for condition in conditions),
        rule=rule,
        reason=reason_of(rule, conditions),
        evidence=evidence.record(challenger, champion, rule, conditions),
    )


def _rule(challenger: Challenger, champion: Champion | None, gate: Gate) -> Rule:
    return rule_for(
        gate,
        finite=_finite(challenger, champion),
        # A champion that has seen nearly all of the hold-out would be judged by its training rows.
        has_opponent=champion is not None and champion.unseen is None,
        comparable=champion is not None and champion.evaluation is not None,
        same_data=champion is not None and champion.comparison is not None,
    )


def rule_for(
    gate: Gate, *, finite: bool, has_opponent: bool, comparable: bool, same_data: bool
) -> Rule:
    """Returns the rule that fits the situation; the same in both versions of the gate.

    Args:
        finite: whether all figures are numbers.
        has_opponent: whether there is a champion that has not seen nearly all of the hold-out.
        comparable: whether it has the challenger's contract.
        same_data: whether the configurations were compared, because both have the same data.
    """
    if not finite:
        return "not a number"
    if gate.policy == "always":
        return "always"
    if not has_opponent:
        return "first champion"
    if not comparable:
        return "new baseline"
    return "superior configuration" if same_data else "fresh data"


def _conditions(
    rule: Rule, challenger: Challenger, champion: Champion | None, gate: Gate
) -> list[Condition]:
    if rule in ("not a number", "always"):
        return []
    conditions = beats_chance(challenger, gate)
    if champion and champion.evaluation:
        opposed = champion.opposed or challenger.evaluation
        if champion.comparison:
            conditions += superior(champion.comparison, gate)
        else:
            conditions += no_worse(opposed, champion.evaluation, gate)
        conditions += not_inferior(opposed, champion.evaluation, gate)
    return conditions


def _finite(challenger: Challenger, champion: Champion | None) -> bool:
    figures = [challenger.cross_validated, *_figures(challenger.evaluation.score)]
    if champion and champion.evaluation:
        figures += _figures(champion.evaluation.score)
    if champion and champion.opposed:
        figures += _figures(champion.opposed.score)
    if champion and champion.comparison:
        figures += [*champion.comparison.gains, champion.comparison.t, champion.comparison.p]
    return all(math.isfinite(figure) for figure in figures)


def _figures(score: Score) -> list[float]:
    return [
        score.accuracy,
        score.balanced_accuracy,
        score.macro_f1,
        score.log_loss,
        *score.recalls,
    ]


def reason_of(rule: Rule, conditions: Sequence[Condition]) -> str:
    """Says in one sentence what was decided, and which conditions failed."""
    if rule == "not a number":
        return "rejected: a score is not a number"
    if rule == "always":
        return "promoted: the policy promotes each sweep's best"
    failed = [
        f"{condition.name} {condition.limit:.4g}, is {condition.found:.4g}"
        for condition in conditions
        if not condition.holds
    ]
    if failed:
        return f"rejected by the rule {rule!r}: {'; '.join(failed)}"
    return f"promoted by the rule {rule!r}: all {len(conditions)} conditions hold"
