"""The gate's decisions, rule by rule."""

import json
import math
from dataclasses import replace

import numpy as np
import pytest
from tests.some import some

from rookery_core.spec.gate import Gate
from rookery_trainer.gate.contenders import Challenger, Champion
from rookery_trainer.gate.gate import decide
from rookery_trainer.gate.resampled_t_test import Comparison, corrected_t_test
from rookery_trainer.model.evaluation import HoldoutEvaluation
from rookery_trainer.model.scores import Score

GATE = Gate()


def stands(*counts: tuple[int, ...], log_loss: float = 0.1) -> HoldoutEvaluation:
    confusion = np.array(counts, dtype=np.int64)
    recalls = tuple(np.diag(confusion) / confusion.sum(axis=1))
    mean = float(np.mean(recalls))
    return HoldoutEvaluation(Score(mean, mean, mean, log_loss, recalls, mean, mean), confusion)


GOOD = stands((30, 0, 0), (0, 12, 2), (0, 0, 25))
CHANCE = stands((15, 6, 9), (7, 3, 4), (12, 5, 8), log_loss=1.1)


def challenger(evaluation: HoldoutEvaluation = GOOD, cross_validated: float = 0.95) -> Challenger:
    return Challenger(evaluation, cross_validated)


def gains(mean: float, deviation: float = 0.02) -> Comparison:
    noise = np.tile([-1.0, 1.0], 25) * deviation
    return corrected_t_test(mean + noise)


def test_a_first_champion_that_beats_chance_is_promoted() -> None:
    decision = decide(challenger(), None, GATE)

    assert (decision.promote, decision.rule) == (True, "first champion")
    assert all(condition["holds"] for condition in some(decision.evidence["conditions"]))


@pytest.mark.parametrize(
    ("evaluation", "cross_validated"),
    [(CHANCE, 0.95), (GOOD, 0.34), (stands((9, 1), (6, 3)), 0.6)],
    ids=["on the hold-out", "in cross-validation", "more than luck on few rows"],
)
def test_a_first_champion_must_beat_chance(
    evaluation: HoldoutEvaluation, cross_validated: float
) -> None:
    decision = decide(challenger(evaluation, cross_validated), None, GATE)

    assert not decision.promote
    assert decision.reason.startswith("rejected by the rule 'first champion': ")


def test_another_contract_starts_a_new_baseline() -> None:
    decision = decide(challenger(), Champion("7"), GATE)

    assert (decision.promote, decision.rule) == (True, "new baseline")
    assert decision.evidence["champion"] == {"version": "7", "same_contract": False}


def test_a_superior_configuration_on_the_same_data_is_promoted() -> None:
    decision = decide(challenger(), Champion("7", GOOD, gains(0.05)), GATE)

    assert (decision.promote, decision.rule) == (True, "superior configuration")


@pytest.mark.parametrize(
    ("comparison", "failed"),
    [
        (gains(0.0, 0.0), "p of the gain"),
        (gains(-0.05), "p of the gain"),
        (gains(0.05, 0.2), "p of the gain"),
        (gains(0.019, 0.001), "gain in cross-validated log loss, at least"),
    ],
    ids=["equal", "worse", "noise", "too small to matter"],
)
def test_without_a_true_gain_the_champion_stays(comparison: Comparison, failed: str) -> None:
    decision = decide(challenger(), Champion("7", GOOD, comparison), GATE)

    assert not decision.promote
    assert failed in decision.reason


@pytest.mark.parametrize(
    ("evaluation", "promoted"),
    [
        (stands((28, 2, 0), (0, 12, 2), (0, 0, 25)), True),
        (stands((27, 3, 0), (0, 12, 2), (0, 0, 25)), False),
        (stands((30, 0, 0), (1, 11, 2), (0, 0, 25)), True),
        (stands((30, 0, 0), (2, 10, 2), (0, 0, 25)), False),
    ],
    ids=["two misses more", "three misses more", "one of a small class", "two of a small class"],
)
def test_the_fitted_file_must_not_be_inferior(
    evaluation: HoldoutEvaluation, promoted: bool
) -> None:
    decision = decide(challenger(evaluation), Champion("7", GOOD, gains(0.05)), GATE)

    assert decision.promote is promoted


def test_a_large_holdout_allows_one_percent_of_misses_more() -> None:
    champion = stands((500, 0), (0, 500))

    nine, eleven = (
        decide(
            challenger(stands((500 - more, more), (0, 500))), Champion("7", champion, None), GATE
        )
        for more in (9, 11)
    )

    assert (nine.promote, eleven.promote) == (True, False)


@pytest.mark.parametrize(("more", "promoted"), [(-0.02, True), (0.04, True), (0.06, False)])
def test_fresh_data_promotes_what_is_not_worse(more: float, promoted: bool) -> None:
    newcomer = stands((30, 0, 0), (0, 12, 2), (0, 0, 25), log_loss=0.1 + more)

    decision = decide(challenger(newcomer), Champion("7", GOOD), GATE)

    assert (decision.promote, decision.rule) == (promoted, "fresh data")


def test_fresh_data_of_shuffled_labels_promotes_nothing() -> None:
    helpless = stands((10, 10, 10), (6, 4, 4), (9, 8, 8), log_loss=4.0)

    decision = decide(challenger(CHANCE, 0.35), Champion("7", helpless), GATE)

    assert not decision.promote


def test_the_policy_always_promotes_what_the_gate_would_reject() -> None:
    champion = Champion("7", GOOD)

    decision = decide(challenger(CHANCE, 0.3), champion, Gate(policy="always"))

    assert (decision.promote, decision.rule) == (True, "always")


NAN = math.nan
UNCLEAR = {
    "challenger's score": (challenger(stands((9, 0), (0, 9), log_loss=NAN)), None),
    "cross-validation": (challenger(cross_validated=NAN), None),
    "champion's score": (
        challenger(),
        Champion("7", replace(GOOD, score=replace(GOOD.score, recalls=(1.0, NAN, 1.0)))),
    ),
    "one fold": (
        challenger(),
        Champion("7", GOOD, corrected_t_test(np.array([NAN] + [0.1] * 49))),
    ),
}


@pytest.mark.parametrize("policy", ["superior", "always"])
@pytest.mark.parametrize("case", UNCLEAR)
def test_what_is_not_a_number_is_rejected_under_every_policy(case: str, policy: str) -> None:
    contender, champion = UNCLEAR[case]

    decision = decide(contender, champion, Gate.model_validate({"policy": policy}))

    assert (decision.promote, decision.rule) == (False, "not a number")
    json.dumps(decision.evidence, allow_nan=False)


def test_the_evidence_is_small_and_plain_json() -> None:
    decision = decide(challenger(), Champion("7", GOOD, gains(0.123456789)), GATE)

    text = json.dumps(decision.evidence, allow_nan=False)
    assert json.loads(text) == decision.evidence
    assert len(text) < 5_000
    assert len(decision.evidence["comparison"]["gains"]) == 50
