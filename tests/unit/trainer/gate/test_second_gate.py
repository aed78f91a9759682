"""The gate's decisions under `spec: 2`, rule by rule."""

import json
import math
from dataclasses import replace

import numpy as np
import pytest
from tests.some import some

from rookery_core.spec.gate import Gate
from rookery_trainer.gate.performance import Learned, Pair, Performance
from rookery_trainer.gate.resampled_t_test import Comparison, corrected_t_test
from rookery_trainer.gate.second_gate import Case, Opposition, decide_second

GATE = Gate()
LEARNED = Learned(0.2, 1e-9, 1e-9, trials=20, rejected=0)
NOTHING = Learned(0.001, 0.2, 0.4, trials=20, rejected=0)
CONSTANT_LOSS = 0.5


def stands(skill: float, *counts: tuple[int, ...]) -> Performance:
    confusion = np.array(counts or ((500, 20), (20, 60)), dtype=np.int64)
    return Performance(int(confusion.sum()), skill, confusion, 0.0)


def predicts(skill: float, large_error: float) -> Performance:
    return Performance(100, skill, None, large_error)


def pair(challenger: float, champion: float, version: str = "7") -> Pair:
    return Pair(version, stands(challenger), stands(champion))


def gains(mean: float, deviation: float = 0.005) -> Comparison:
    return corrected_t_test(mean + np.tile([-1.0, 1.0], 25) * deviation)


def case(champion: Opposition | None = None, learned: Learned = LEARNED) -> Case:
    return Case(learned, CONSTANT_LOSS, champion)


def test_a_first_champion_that_has_learned_something_is_promoted() -> None:
    decision = decide_second(case(), GATE)

    assert (decision.promote, decision.rule) == (True, "first champion")
    assert all(condition["holds"] for condition in some(decision.evidence["conditions"]))


@pytest.mark.parametrize(
    ("learned", "promoted"),
    [
        (replace(NOTHING, out_of_fold_p=0.00124), True),
        (replace(NOTHING, out_of_fold_p=0.00126), False),
        (replace(NOTHING, holdout_p=0.0249), True),
        (replace(NOTHING, holdout_p=0.0251), False),
        (replace(NOTHING, holdout_p=0.0249, rejected=1), False),
        (replace(NOTHING, holdout_p=0.0249 / 4, rejected=1), True),
        (replace(LEARNED, cross_validated_skill=0.0), False),
    ],
    ids=[
        "out of fold, for all trials",
        "out of fold, not for all trials",
        "on the hold-out",
        "not on the hold-out",
        "once more",
        "once more, and clearer",
        "no better than a constant",
    ],
)
def test_one_test_is_enough_and_every_attempt_counts(learned: Learned, promoted: bool) -> None:
    decision = decide_second(case(learned=learned), GATE)

    assert decision.promote is promoted


def test_the_attempts_of_a_year_share_one_level() -> None:
    levels = [0.025 / Learned(1.0, 1.0, 1.0, trials=1, rejected=k).allowance for k in range(1000)]

    assert 2 * sum(levels) < 0.0825


def test_another_contract_starts_a_new_baseline() -> None:
    decision = decide_second(case(Opposition("7")), GATE)

    assert (decision.promote, decision.rule) == (True, "new baseline")
    assert decision.evidence["champion"] == {"version": "7", "same_contract": False}


def test_a_champion_that_has_seen_the_hold_out_is_no_opponent() -> None:
    decision = decide_second(case(Opposition("7", unseen=(3, 0)), NOTHING), GATE)

    assert (decision.promote, decision.rule) == (False, "first champion")
    assert decision.evidence["champion"]["unseen_rows"] == [3, 0]


@pytest.mark.parametrize(
    ("comparison", "failed"),
    [
        (gains(0.02), None),
        (gains(0.0, 0.0), "p of the gain"),
        (gains(-0.05), "p of the gain"),
        (gains(0.02, 0.5), "p of the gain"),
        (gains(0.0099, 0.001), "gain in cross-validated loss, at least 0.01"),
    ],
    ids=["better", "equal", "worse", "noise", "too small a share of the constant's loss"],
)
def test_on_the_same_data_the_configuration_must_be_superior(
    comparison: Comparison, failed: str | None
) -> None:
    opposition = Opposition("7", pair=pair(0.2, 0.2), comparison=comparison)

    decision = decide_second(case(opposition), GATE)

    assert decision.rule == "superior configuration"
    assert decision.promote is (failed is None)
    assert failed is None or failed in decision.reason


@pytest.mark.parametrize(
    ("challenger", "champion", "promoted"),
    [
        (0.181, 0.2, True),
        (0.179, 0.2, False),
        (0.0, 0.0, True),
        (-0.001, -5.0, False),
        (0.3, -5.0, True),
    ],
    ids=[
        "90 % kept",
        "less kept",
        "both like a constant",
        "below a constant",
        "above a broken one",
    ],
)
def test_on_other_data_most_of_the_skill_is_kept(
    challenger: float, champion: float, promoted: bool
) -> None:
    decision = decide_second(case(Opposition("7", pair=pair(challenger, champion))), GATE)

    assert (decision.promote, decision.rule) == (promoted, "fresh data")


def test_an_earlier_champion_with_more_skill_keeps_it_from_creeping_down() -> None:
    earlier = (pair(0.18, 0.19, "5"), pair(0.18, 0.21, "1"))

    decision = decide_second(case(Opposition("7", pair=pair(0.18, 0.18), earlier=earlier)), GATE)

    assert not decision.promote
    assert "version 1" in decision.reason
    assert "version 5" not in decision.reason
    assert [each["version"] for each in some(decision.evidence["earlier_champions"])] == ["5", "1"]


def test_other_data_without_relation_promote_nothing_though_the_champion_is_worse() -> None:
    opposition = Opposition("7", pair=pair(0.001, -3.0))

    assert not decide_second(case(opposition, NOTHING), GATE).promote


@pytest.mark.parametrize(
    ("challenger", "champion", "promoted"),
    [
        (stands(0.2, (490, 30), (16, 64)), stands(0.2), True),
        (stands(0.2, (480, 40), (20, 60)), stands(0.2), False),
        (stands(0.2, (510, 10), (30, 50)), stands(0.2), False),
        (predicts(0.2, 1.1), predicts(0.2, 1.0), True),
        (predicts(0.2, 1.11), predicts(0.2, 1.0), False),
    ],
    ids=["few misses more", "many misses more", "recall falls", "errors grow", "errors grow more"],
)
def test_the_fitted_file_must_not_be_inferior(
    challenger: Performance, champion: Performance, promoted: bool
) -> None:
    fresh = Opposition("7", pair=Pair("7", challenger, champion))
    same = replace(fresh, comparison=gains(0.02))

    assert decide_second(case(fresh), GATE).promote is promoted
    assert decide_second(case(same), GATE).promote is promoted


CAREFUL = ((470, 10, 20), (60, 230, 10), (40, 10, 150))
"""A champion that says the largest class too often."""
OF_THREE = {
    # The largest class falls from 0.94 to 0.83, as the others are no longer called so.
    "said less often": (((415, 45, 40), (15, 270, 15), (10, 10, 180)), True),
    # It falls as far, and the others are called so as often as before.
    "told apart less well": (((415, 50, 35), (60, 236, 4), (40, 0, 160)), False),
    # The third falls from 0.75 to 0.60 and takes the first's rows.
    "a class is lost": (((500, 0, 0), (50, 240, 10), (70, 10, 120)), False),
}


@pytest.mark.parametrize("what", OF_THREE)
def test_a_recall_may_fall_where_the_class_was_said_too_often(what: str) -> None:
    counts, promoted = OF_THREE[what]
    found = Pair("7", stands(0.2, *counts), stands(0.2, *CAREFUL))

    assert decide_second(case(Opposition("7", pair=found)), GATE).promote is promoted


@pytest.mark.parametrize(("lost", "promoted"), [(4, True), (5, False)])
def test_a_fall_of_a_class_with_few_rows_is_luck_below_five_of_them(
    lost: int, promoted: bool
) -> None:
    champion = stands(0.2, (480, 20), (4, 16))
    challenger = stands(0.2, (484, 16), (4 + lost, 16 - lost))
    found = Opposition("7", pair=Pair("7", challenger, champion))

    assert decide_second(case(found), GATE).promote is promoted


NAN = math.nan
UNCLEAR = {
    "skill": case(learned=replace(LEARNED, cross_validated_skill=NAN)),
    "out of fold": case(learned=replace(LEARNED, out_of_fold_p=NAN)),
    "hold-out": case(learned=replace(LEARNED, holdout_p=NAN)),
    "constant": replace(case(), constant_loss=NAN),
    "champion": case(Opposition("7", pair=pair(0.2, NAN))),
    "earlier champion": case(Opposition("7", pair=pair(0.2, 0.2), earlier=(pair(0.2, NAN),))),
    "large error": case(Opposition("7", pair=Pair("7", predicts(0.2, NAN), predicts(0.2, 1.0)))),
    "one fold": case(
        Opposition(
            "7", pair=pair(0.2, 0.2), comparison=corrected_t_test(np.array([NAN] + [0.1] * 49))
        )
    ),
}


@pytest.mark.parametrize("policy", ["superior", "always"])
@pytest.mark.parametrize("unclear", UNCLEAR)
def test_what_is_not_a_number_is_rejected_under_every_policy(unclear: str, policy: str) -> None:
    decision = decide_second(UNCLEAR[unclear], Gate.model_validate({"policy": policy}))

    assert (decision.promote, decision.rule) == (False, "not a number")
    json.dumps(decision.evidence, allow_nan=False)


def test_the_policy_always_promotes_what_the_gate_would_reject() -> None:
    decision = decide_second(case(learned=NOTHING), Gate(policy="always"))

    assert (decision.promote, decision.rule) == (True, "always")
