"""Champions of numbers: what the gate's second version finds out of real bundles."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.unit.trainer.support.regression import number_snapshot, number_spec
from threadpoolctl import threadpool_limits

from rookery_core.contract import contract_of
from rookery_core.database.sides import scheme
from rookery_trainer.bundle.champion_bundle import ChampionBundle
from rookery_trainer.bundle.export import Bundle, export_bundle
from rookery_trainer.data.snapshot import Snapshot
from rookery_trainer.gate.champion_evaluation import comparable
from rookery_trainer.gate.second_evaluation import Contender, case_of
from rookery_trainer.gate.second_gate import Case, decide_second
from rookery_trainer.model.cross_validation import fit_rows
from rookery_trainer.model.out_of_fold import OutOfFold, out_of_fold
from rookery_trainer.model.residuals import find_residuals
from rookery_trainer.model.scores import Estimate
from rookery_trainer.model.trial import Configuration, Trial
from rookery_trainer.model.value_scores import ValueScores

SCORE = Estimate(mean=0.9, deviation=0.01)
GOOD = Configuration("gradient_boosting", {"n_estimators": 30})
POOR = Configuration("k_nearest_neighbors", {"n_neighbors": 15})


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    with threadpool_limits(1):
        yield


@pytest.fixture(scope="module", params=[{}, {"transform": "log"}, {"loss": "absolute"}], ids=str)
def today(request: pytest.FixtureRequest) -> Snapshot:
    keys: dict[str, Any] = request.param
    return number_snapshot(number_spec(**keys))


def exported(snapshot: Snapshot, configuration: Configuration, folder: Path, **keys: Any) -> Bundle:
    folder.mkdir()
    model = fit_rows(snapshot.spec, snapshot.training, configuration, seed=1)
    trial = Trial(0, configuration, "run", ValueScores(SCORE, SCORE, SCORE))
    return export_bundle(folder, model, snapshot, trial, sweep_id="s", trained_at="t", **keys)


def case(
    snapshot: Snapshot,
    configuration: Configuration,
    bundle: Bundle,
    champion: Bundle | None = None,
    told: OutOfFold | None = None,
) -> Case:
    told = told or out_of_fold(snapshot.spec, snapshot.training, configuration, 1, map)
    contender = Contender(configuration, told, bundle.told, trials=3, rejected=0)
    serving = None
    if champion is not None:
        model = (champion.directory / "model.onnx").read_bytes()
        serving = ChampionBundle("7", champion.manifest, model, 2, scheme(snapshot.spec))
    return case_of(snapshot, contender, serving, (), seed=1, mapper=map)


def test_a_model_that_follows_the_truth_is_promoted_and_shuffled_answers_are_not(
    today: Snapshot, tmp_path: Path
) -> None:
    bundle = exported(today, GOOD, tmp_path / "good")
    told = out_of_fold(today.spec, today.training, GOOD, 1, map)
    order = np.random.default_rng(0).permutation(len(told.answers))
    shuffled = replace(bundle, told=np.random.default_rng(1).permutation(bundle.told))

    first = case(today, GOOD, bundle, told=told)
    luck = case(today, GOOD, shuffled, told=OutOfFold(told.answers[order], told.fold))

    assert decide_second(first, today.spec.gate).promote
    assert not decide_second(luck, today.spec.gate).promote


def test_on_the_same_data_a_better_configuration_replaces_the_champion_and_an_equal_one_does_not(
    today: Snapshot, tmp_path: Path
) -> None:
    good = exported(today, GOOD, tmp_path / "good")
    poor = exported(today, POOR, tmp_path / "poor")

    better = decide_second(case(today, GOOD, good, poor), today.spec.gate)
    equal = decide_second(case(today, GOOD, good, good), today.spec.gate)

    assert (better.promote, better.rule) == (True, "superior configuration")
    assert (equal.promote, equal.rule) == (False, "superior configuration")


def test_on_other_data_a_worse_model_does_not_replace_the_champion(
    today: Snapshot, tmp_path: Path
) -> None:
    good = exported(today, GOOD, tmp_path / "good")
    poor = exported(today, POOR, tmp_path / "poor")
    grown = replace(today, data_digest="tomorrow")

    worse = decide_second(case(grown, POOR, poor, good), today.spec.gate)
    same = decide_second(case(grown, GOOD, good, good), today.spec.gate)

    assert (worse.promote, worse.rule) == (False, "fresh data")
    assert (same.promote, same.rule) == (True, "fresh data")


def test_a_champion_without_the_interval_of_the_spec_is_replaced_by_an_equal_one(
    tmp_path: Path,
) -> None:
    plain, today = number_snapshot(number_spec()), number_snapshot(number_spec(interval=0.9))
    champion = exported(plain, GOOD, tmp_path / "champion")
    told = out_of_fold(today.spec, today.training, GOOD, 1, map)
    residuals = find_residuals(today.spec, today.training, told)
    challenger = exported(today, GOOD, tmp_path / "challenger", residuals=residuals)

    found = decide_second(case(today, GOOD, challenger, champion, told), today.spec.gate)

    assert (found.promote, found.rule) == (True, "fresh data")
    assert found.evidence["champion"]["asked_otherwise"] is True


@pytest.mark.parametrize(
    "changed", [{"target": "price"}, {"unit": "USD"}], ids=["another column", "another unit"]
)
def test_a_champion_of_another_number_is_not_compared(changed: dict[str, str]) -> None:
    snapshot = number_snapshot(number_spec())
    contract = contract_of(snapshot.learned)

    assert comparable(snapshot.spec, contract, contract)
    assert not comparable(snapshot.spec, contract, contract.model_copy(update=changed))
