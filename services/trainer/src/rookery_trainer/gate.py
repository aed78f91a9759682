"""The gate: whether a challenger becomes the champion. Pure; what it saw is in its answer."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from rookery_core.spec import Gate
from rookery_trainer import evidence
from rookery_trainer.conditions import Condition, beats_chance, no_worse, not_inferior, superior
from rookery_trainer.contenders import Challenger, Opponent
from rookery_trainer.model.scores import Score

Rule = Literal[
    "first champion",
    "new baseline",
    "superior configuration",
    "fresh data",
    "always",
    "not a number",
]
"""Which rule decided; see docs/decisions/0301-the-gate.md."""


@dataclass(frozen=True)
class Decision:
    """Promote or not, by which rule and on which evidence."""

    promote: bool
    rule: Rule
    reason: str
    """One sentence."""
    evidence: dict[str, Any]
    """JSON-serialisable: conditions, scores of both, fold gains."""


def decide(challenger: Challenger, opponent: Opponent | None, gate: Gate) -> Decision:
    """The gate's decision.

    Anything that is not a number is a rejection, under every policy. Under the policy `always`
    the challenger is otherwise promoted; under `superior` it must beat chance and, where there is
    a champion of the same contract, that champion by the rule for equal or for other data.
    """
    rule = _rule(challenger, opponent, gate)
    conditions = _conditions(rule, challenger, opponent, gate)
    return Decision(
        promote=rule != "not a number" and all(condition.holds for condition in conditions),
        rule=rule,
        reason=_reason(rule, conditions),
        evidence=evidence.record(challenger, opponent, rule, conditions),
    )


def _rule(challenger: Challenger, opponent: Opponent | None, gate: Gate) -> Rule:
    if not _finite(challenger, opponent):
        return "not a number"
    if gate.policy == "always":
        return "always"
    if opponent is None:
        return "first champion"
    if opponent.evaluation is None:
        return "new baseline"
    return "fresh data" if opponent.comparison is None else "superior configuration"


def _conditions(
    rule: Rule, challenger: Challenger, opponent: Opponent | None, gate: Gate
) -> list[Condition]:
    if rule in ("not a number", "always"):
        return []
    conditions = beats_chance(challenger, gate)
    if opponent and opponent.evaluation:
        champion = opponent.evaluation
        if opponent.comparison:
            conditions += superior(opponent.comparison, gate)
        else:
            conditions += no_worse(challenger.evaluation, champion, gate)
        conditions += not_inferior(challenger.evaluation, champion, gate)
    return conditions


def _finite(challenger: Challenger, opponent: Opponent | None) -> bool:
    figures = [challenger.cross_validated, *_figures(challenger.evaluation.score)]
    if opponent and opponent.evaluation:
        figures += _figures(opponent.evaluation.score)
    if opponent and opponent.comparison:
        figures += [*opponent.comparison.gains, opponent.comparison.t, opponent.comparison.p]
    return all(math.isfinite(figure) for figure in figures)


def _figures(score: Score) -> list[float]:
    return [
        score.accuracy,
        score.balanced_accuracy,
        score.macro_f1,
        score.log_loss,
        *score.recalls,
    ]


def _reason(rule: Rule, conditions: Sequence[Condition]) -> str:
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
