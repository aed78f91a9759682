"""The gate where the spec has a decision: labels are worth what they cost, or a metric."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.some import some
from tests.unit.trainer.support.second_version import second_snapshot, spec_of
from threadpoolctl import threadpool_limits

from rookery_core.database.sides import scheme
from rookery_core.labels import predicted_classes
from rookery_core.manifest import Manifest, Threshold
from rookery_core.spec.gate import Gate
from rookery_core.spec.label_decision import Costs, LabelDecision
from rookery_trainer.bundle.champion_bundle import ChampionBundle
from rookery_trainer.bundle.export import Bundle, export_bundle
from rookery_trainer.data.snapshot import Snapshot
from rookery_trainer.gate.performance import Learned, Pair, Performance, performance_of
from rookery_trainer.gate.second_evaluation import Contender, case_of
from rookery_trainer.gate.second_gate import Case, Opposition, decide_second
from rookery_trainer.gate.skill import measure_of
from rookery_trainer.model.cross_validation import fit_rows
from rookery_trainer.model.label_worth import Aim
from rookery_trainer.model.out_of_fold import OutOfFold, out_of_fold
from rookery_trainer.model.scores import Estimate, Scores
from rookery_trainer.model.trial import Configuration, Trial

GATE = Gate()
LEARNED = Learned(0.2, 1e-9, 1e-9, trials=20, rejected=0)
COSTS = Aim(
    LabelDecision(positive="true", costs=Costs(false_positive=1, false_negative=10)), positive=1
)
F1 = Aim(LabelDecision(positive="true", metric="f1"), positive=1)
BALANCED = Aim(LabelDecision(positive="true", metric="balanced_accuracy"), positive=1)
COMMON = ((900, 0), (100, 0))
"""No row is answered as positive."""


def stands(*counts: tuple[int, ...]) -> Performance:
    confusion = np.array(counts, dtype=np.int64)
    return Performance(int(confusion.sum()), 0.2, confusion, 0.0)


def beside(challenger: Performance, champion: Performance, aim: Aim | None) -> Case:
    opposition = Opposition("7", pair=Pair("7", challenger, champion))
    return Case(LEARNED, 0.5, opposition, aim)


@pytest.mark.parametrize(
    ("aim", "challenger", "champion", "promoted"),
    [
        (COSTS, ((800, 100), (20, 80)), ((800, 100), (20, 80)), True),
        # A cost of 300: 303 is a hundredth more, and 320 two missed ones more.
        (COSTS, ((780, 120), (20, 80)), ((800, 100), (20, 80)), True),
        (COSTS, ((779, 121), (20, 80)), ((800, 100), (20, 80)), False),
        (COSTS, ((800, 100), (22, 78)), ((800, 100), (20, 80)), True),
        (COSTS, ((800, 100), (23, 77)), ((800, 100), (20, 80)), False),
        # A cost of 10,000: a hundredth more is 100.
        (COSTS, ((8000, 5000), (510, 400)), ((8000, 5000), (500, 410)), True),
        (COSTS, ((8000, 5000), (511, 399)), ((8000, 5000), (500, 410)), False),
        # Recall falls, and misses more than double; both are what the costs ask for.
        (COSTS, ((600, 300), (2, 98)), ((880, 20), (40, 60)), True),
        (COSTS, COMMON, ((600, 300), (2, 98)), False),
        (F1, ((880, 20), (40, 60)), ((880, 20), (40, 60)), True),
        (F1, ((880, 20), (42, 58)), ((880, 20), (40, 60)), True),
        (F1, ((880, 20), (45, 55)), ((880, 20), (40, 60)), False),
        (F1, COMMON, ((880, 20), (40, 60)), False),
        (BALANCED, ((700, 200), (10, 90)), ((880, 20), (40, 60)), True),
        (BALANCED, ((880, 20), (44, 56)), ((880, 20), (40, 60)), False),
    ],
)
def test_labels_may_not_be_worth_less_than_the_champions(
    aim: Aim,
    challenger: tuple[tuple[int, ...], ...],
    champion: tuple[tuple[int, ...], ...],
    promoted: bool,
) -> None:
    decision = decide_second(beside(stands(*challenger), stands(*champion), aim), GATE)

    assert decision.promote is promoted
    names = [condition["name"] for condition in some(decision.evidence["conditions"])]
    assert sum(aim.name.replace("_", " ") in name for name in names) == 1
    assert not any("recall" in name or "misses" in name for name in names)
    figure = aim.figure(np.array(champion))
    assert decision.evidence["champion"][aim.name] == pytest.approx(figure, rel=1e-5)
    assert promoted or aim.name.replace("_", " ") in decision.reason


def test_without_a_decision_recalls_and_misses_count() -> None:
    fewer, more = stands((600, 300), (2, 98)), stands((880, 20), (40, 60))

    decision = decide_second(beside(fewer, more, None), GATE)

    assert not decision.promote
    assert "misses" in decision.reason


def test_few_rows_more_or_less_of_a_small_hold_out_are_luck() -> None:
    champion = stands((20, 0), (0, 5))

    for lost in some([(0, 0), (0, 1), (0, 2), (2, 0)]):
        challenger = stands((20 - lost[0], lost[0]), (lost[1], 5 - lost[1]))
        assert decide_second(beside(challenger, champion, COSTS), GATE).promote
    assert not decide_second(beside(stands((20, 0), (3, 2)), champion, COSTS), GATE).promote


def judged(called: tuple[int, ...], weights: tuple[float, ...]) -> Performance:
    """Judges answers to four rows, of which the last two are positive."""
    truth, told = np.array([0, 0, 1, 1]), np.eye(2)[list(called)] * 0.8 + 0.1
    measure = measure_of(2, "squared", truth)
    constant = measure.constant(truth)
    return performance_of(measure, truth, told, constant, np.array(weights))


def test_a_cost_counts_a_row_as_its_weight_says() -> None:
    weights = (1.0, 2.0, 300.0, 4.0)
    missed_the_light, missed_the_heavy = (
        judged(called, weights) for called in ((0, 1, 1, 0), (0, 1, 0, 1))
    )

    better = decide_second(beside(missed_the_light, missed_the_heavy, COSTS), GATE)
    worse = decide_second(beside(missed_the_heavy, missed_the_light, COSTS), GATE)

    assert better.promote
    # Both miss one row: by rows they would cost the same.
    found = worse.evidence
    assert (found["champion"]["cost"], found["challenger"]["cost"]) == (42, 3002)
    assert missed_the_light.row == pytest.approx((1 + 4 + 300**2 + 16) / 307)


SCORE = Estimate(mean=0.9, deviation=0.01)
SCORES = Scores(SCORE, SCORE, SCORE, SCORE, (SCORE,) * 2, SCORE, SCORE)
CONFIGURATION = Configuration("random_forest", {"n_estimators": 30, "max_depth": 4})
DECISION = {"positive": "true", "costs": {"false_positive": 1, "false_negative": 4}}


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    with threadpool_limits(1):
        yield


def snapshot(**changes: Any) -> Snapshot:
    return second_snapshot(spec_of(target="churned", rare="refuse", **changes), rows=1200)


@pytest.fixture(scope="module")
def today() -> Snapshot:
    return snapshot(decision=DECISION)


@pytest.fixture(scope="module")
def told(today: Snapshot) -> OutOfFold:
    return out_of_fold(today.spec, today.training, CONFIGURATION, 1, map)


@pytest.fixture(scope="module")
def bundle(today: Snapshot, tmp_path_factory: pytest.TempPathFactory) -> Bundle:
    assert today.spec.decision is not None
    threshold = Threshold(
        value=0.2,
        decision=today.spec.decision,
        positive="true",
        out_of_fold=1,
        out_of_fold_at_argmax=2,
    )
    folder: Path = tmp_path_factory.mktemp("bundle")
    return export_bundle(
        folder,
        fit_rows(today.spec, today.training, CONFIGURATION, seed=1),
        today,
        Trial(0, CONFIGURATION, "run", SCORES),
        threshold=threshold,
        sweep_id="s",
        trained_at="t",
    )


def champion(bundle: Bundle, today: Snapshot, **changes: Any) -> ChampionBundle:
    """Makes a champion of the bundle's file; golden labels are those that it answers."""
    manifest = bundle.manifest.model_copy(update=changes)
    manifest = Manifest.model_validate(manifest.model_dump())
    told = np.array([row.probabilities for row in manifest.golden])
    labels = [manifest.contract.classes[i] for i in predicted_classes(told, manifest.cut)]
    golden = tuple(
        row.model_copy(update={"label": label})
        for row, label in zip(manifest.golden, labels, strict=True)
    )
    manifest = manifest.model_copy(update={"golden": golden})
    model = (bundle.directory / "model.onnx").read_bytes()
    return ChampionBundle("7", manifest, model, 2, scheme(today.spec))


def case_beside(
    today: Snapshot, told: OutOfFold, bundle: Bundle, serving: ChampionBundle
) -> tuple[Case, Opposition, Pair]:
    contender = Contender(CONFIGURATION, told, bundle.told, 3, 0, bundle.manifest.cut)
    case = case_of(today, contender, serving, (), seed=1, mapper=map)
    assert case.champion is not None
    assert case.champion.pair is not None
    return case, case.champion, case.champion.pair


def test_each_answers_labels_by_its_own_threshold(
    today: Snapshot, told: OutOfFold, bundle: Bundle
) -> None:
    case, opposition, pair = case_beside(today, told, bundle, champion(bundle, today))

    assert not opposition.asked_otherwise
    assert opposition.comparison is not None
    for each in (pair.challenger, pair.champion):
        assert each.confusion is not None
        assert each.confusion[:, 1].sum() == (bundle.told[:, 1] >= 0.2 - 1e-5).sum()
    assert decide_second(case, today.spec.gate).rule == "superior configuration"


def others(bundle: Bundle) -> dict[str, dict[str, Any]]:
    threshold = bundle.manifest.threshold
    assert threshold is not None
    other = LabelDecision(positive="false", costs=Costs(false_positive=1, false_negative=4))
    dearer = LabelDecision(positive="true", costs=Costs(false_positive=1, false_negative=50))
    f1 = LabelDecision(positive="true", metric="f1")
    return {
        "no threshold": {"threshold": None},
        "another positive": {
            "threshold": threshold.model_copy(update={"decision": other, "positive": "false"})
        },
        "other costs": {"threshold": threshold.model_copy(update={"decision": dearer})},
        "a metric": {"threshold": threshold.model_copy(update={"decision": f1})},
        "another order": {"monotone": {"amount": "increasing"}},
    }


@pytest.mark.parametrize(
    "kind", ["no threshold", "another positive", "other costs", "a metric", "another order"]
)
def test_a_champion_that_was_asked_otherwise_is_replaced_by_one_that_keeps_its_skill(
    kind: str, today: Snapshot, told: OutOfFold, bundle: Bundle
) -> None:
    serving = champion(bundle, today, **others(bundle)[kind])

    case, opposition, pair = case_beside(today, told, bundle, serving)

    assert opposition.asked_otherwise
    assert opposition.comparison is None
    # The drawn table has little to learn from; here both have the same skill.
    skilled = replace(
        pair,
        challenger=replace(pair.challenger, skill=0.2),
        champion=replace(pair.champion, skill=0.2),
    )
    case = replace(case, learned=LEARNED, champion=replace(opposition, pair=skilled))
    decision = decide_second(case, today.spec.gate)
    assert (decision.promote, decision.rule) == (True, "fresh data")
    assert decision.evidence["champion"]["asked_otherwise"] is True
    assert pair.champion.confusion is not None
    positive = (bundle.told[:, 1] >= 0.5 + 5e-6).sum()
    if kind == "no threshold":
        assert pair.champion.confusion[:, 1].sum() == positive
    if kind == "another positive":
        assert pair.champion.confusion[:, 0].sum() == (bundle.told[:, 0] >= 0.2 - 1e-5).sum()


def test_a_spec_that_has_no_decision_any_more_asks_otherwise_too(
    told: OutOfFold, bundle: Bundle
) -> None:
    plain = snapshot()
    mine = replace(bundle, manifest=bundle.manifest.model_copy(update={"threshold": None}))

    case, opposition, _ = case_beside(plain, told, mine, champion(bundle, plain))

    assert opposition.asked_otherwise
    assert case.aim is None
