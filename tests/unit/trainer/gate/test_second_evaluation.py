"""What the second version finds out of real bundles on today's rows."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from tests.some import some
from tests.unit.trainer.support.second_version import second_snapshot, spec_of
from threadpoolctl import threadpool_limits

from rookery_core.database.sides import scheme
from rookery_trainer.bundle.champion_bundle import ChampionBundle
from rookery_trainer.bundle.export import Bundle, export_bundle
from rookery_trainer.data.snapshot import Snapshot
from rookery_trainer.gate import second_evaluation
from rookery_trainer.gate.second_evaluation import Contender, case_of
from rookery_trainer.gate.second_gate import Case, decide_second
from rookery_trainer.model.cross_validation import fit_rows
from rookery_trainer.model.out_of_fold import OutOfFold, out_of_fold
from rookery_trainer.model.scores import Estimate, Scores
from rookery_trainer.model.trial import Configuration, Trial
from rookery_trainer.sweep.calibration import choose_calibration

SCORE = Estimate(mean=0.9, deviation=0.01)
SCORES = Scores(SCORE, SCORE, SCORE, SCORE, (SCORE,) * 3, SCORE, SCORE)
CONFIGURATION = Configuration("random_forest", {"n_estimators": 30, "max_depth": 4})


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    with threadpool_limits(1):
        yield


@pytest.fixture(scope="module")
def today() -> Snapshot:
    return second_snapshot(spec_of())


@pytest.fixture(scope="module")
def told(today: Snapshot) -> OutOfFold:
    return out_of_fold(today.spec, today.training, CONFIGURATION, 1, map)


@pytest.fixture(scope="module")
def bundle(today: Snapshot, tmp_path_factory: pytest.TempPathFactory) -> Bundle:
    folder: Path = tmp_path_factory.mktemp("bundle")
    pipeline = fit_rows(today.spec, today.training, CONFIGURATION, seed=1)
    trial = Trial(0, CONFIGURATION, "run", SCORES)
    return export_bundle(folder, pipeline, today, trial, sweep_id="s", trained_at="t")


def champion(bundle: Bundle, today: Snapshot, version: str = "7") -> ChampionBundle:
    model = (bundle.directory / "model.onnx").read_bytes()
    return ChampionBundle(version, bundle.manifest, model, 2, scheme(today.spec))


def found(snapshot: Snapshot, told: OutOfFold, bundle: Bundle, *champions: ChampionBundle) -> Case:
    contender = Contender(CONFIGURATION, told, bundle.told, trials=3, rejected=1)
    serving = champions[0] if champions else None
    return case_of(snapshot, contender, serving, champions[1:], seed=1, mapper=map)


def test_a_model_that_follows_the_truth_has_learned_something(
    today: Snapshot, told: OutOfFold, bundle: Bundle
) -> None:
    case = found(today, told, bundle)

    assert case.learned.cross_validated_skill > 0.1
    assert max(case.learned.out_of_fold_p, case.learned.holdout_p) < 1e-6
    assert (case.learned.trials, case.learned.rejected) == (3, 1)
    assert decide_second(case, today.spec.gate).promote


def test_shuffled_answers_have_not(today: Snapshot, told: OutOfFold, bundle: Bundle) -> None:
    order = np.random.default_rng(0).permutation(len(told.answers))
    held = np.random.default_rng(1).permutation(len(bundle.told))

    case = found(
        today,
        OutOfFold(told.answers[order], told.fold),
        replace(bundle, told=bundle.told[held]),
    )

    assert case.learned.cross_validated_skill < 0
    assert not decide_second(case, today.spec.gate).promote


def test_on_the_same_data_the_champion_gains_nothing_over_itself(
    today: Snapshot, told: OutOfFold, bundle: Bundle
) -> None:
    serving = champion(bundle, today)

    case = found(today, told, bundle, serving, champion(bundle, today, "5"))

    assert case.champion is not None
    assert case.champion.pair is not None
    assert case.champion.pair.challenger.skill == case.champion.pair.champion.skill
    assert case.champion.comparison is not None
    assert (case.champion.comparison.mean_gain, case.champion.earlier) == (0.0, ())
    assert decide_second(case, today.spec.gate).rule == "superior configuration"


def test_on_other_data_earlier_champions_are_judged_too(
    today: Snapshot, told: OutOfFold, bundle: Bundle
) -> None:
    grown = replace(today, data_digest="tomorrow")
    unknown = replace(champion(bundle, today, "3"), scheme=12345, watermark=None)

    champions = champion(bundle, today), champion(bundle, today, "5"), unknown
    case = found(grown, told, bundle, *champions)

    assert case.champion is not None
    assert case.champion.comparison is None
    assert [pair.version for pair in some(case.champion.earlier)] == ["5"]
    decision = decide_second(case, today.spec.gate)
    assert (decision.promote, decision.rule) == (True, "fresh data")


def test_a_champion_that_must_go_is_replaced_by_one_that_only_keeps_its_skill(
    today: Snapshot, told: OutOfFold, bundle: Bundle
) -> None:
    serving = champion(bundle, today)

    stays, goes = (
        decide_second(found(today, told, bundle, each), today.spec.gate)
        for each in (serving, replace(serving, must_go=True))
    )

    assert (stays.promote, stays.rule) == (False, "superior configuration")
    assert (goes.promote, goes.rule) == (True, "fresh data")


def test_above_many_rows_the_hold_out_decides(
    today: Snapshot, told: OutOfFold, bundle: Bundle, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(second_evaluation, "MANY", len(today.training))

    case = found(today, told, bundle, champion(bundle, today))

    assert case.champion is not None
    assert case.champion.comparison is not None
    assert (case.champion.comparison.gains, case.champion.comparison.p) == ((), 1.0)


def test_by_time_the_hold_out_alone_is_no_evidence(
    today: Snapshot, told: OutOfFold, bundle: Bundle
) -> None:
    holdout = replace(today.holdout, moments=np.arange(len(today.holdout)))
    training = replace(today.training, moments=np.arange(len(today.training)))

    case = found(replace(today, training=training, holdout=holdout), told, bundle)

    assert case.learned.holdout_p == 1.0
    assert case.learned.out_of_fold_p < 1e-3


def test_where_trials_are_compared_on_a_sample_its_answers_are_the_evidence(
    today: Snapshot, bundle: Bundle
) -> None:
    sample = today.training.take(np.arange(0, len(today.training), 2))
    sampled = replace(today, sample=sample)
    answers = out_of_fold(today.spec, sampled.searched, CONFIGURATION, 1, map)

    case = found(sampled, answers, bundle)
    choice = choose_calibration(sampled, CONFIGURATION, answers)

    assert case.learned.cross_validated_skill > 0.1
    assert decide_second(case, today.spec.gate).promote
    assert len(choice.answers(choice.wanted).answers) == len(sample)
