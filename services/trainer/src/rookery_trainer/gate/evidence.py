"""The evidence of a decision as JSON, for the ledger and the tags of runs and versions."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from rookery_trainer.gate.contenders import Challenger, Champion
from rookery_trainer.gate.rules import Condition
from rookery_trainer.model.evaluation import HoldoutEvaluation


def record(
    challenger: Challenger,
    champion: Champion | None,
    rule: str,
    conditions: Sequence[Condition],
) -> dict[str, Any]:
    """Collects what the decision rests on: conditions, scores of both, the gain of each fold."""
    found: dict[str, Any] = {
        "rule": rule,
        "conditions": [asdict(condition) for condition in conditions],
        "challenger": {
            **_figures(challenger.evaluation),
            "cross_validated_balanced_accuracy": challenger.cross_validated,
        },
    }
    if champion:
        found["champion"] = {
            "version": champion.version,
            "same_contract": champion.evaluation is not None or champion.unseen is not None,
            **(_figures(champion.evaluation) if champion.evaluation else {}),
        }
        if champion.unseen is not None:
            found["champion"]["unseen_rows"] = list(champion.unseen)
        if champion.opposed and champion.opposed.rows < challenger.evaluation.rows:
            found["challenger_on_the_champions_rows"] = _figures(champion.opposed)
        if champion.comparison:
            found["comparison"] = asdict(champion.comparison)
    recorded: dict[str, Any] = plain(found)
    return recorded


def _figures(evaluation: HoldoutEvaluation) -> dict[str, Any]:
    return {
        "rows": evaluation.rows,
        "misses": evaluation.misses,
        "confusion": evaluation.confusion.tolist(),
        **asdict(evaluation.score),
    }


def plain(value: Any) -> Any:
    """Makes JSON of `value`: six significant digits, None for what is not a number."""
    if isinstance(value, Mapping):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if isinstance(value, float):
        return float(f"{value:.6g}") if math.isfinite(value) else None
    return value
