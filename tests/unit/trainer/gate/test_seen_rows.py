"""A champion is never judged by rows that it was trained on."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from tests.unit.trainer.support.second_version import second_snapshot, spec_of, table_of

from rookery_core.contract import contract_of
from rookery_core.database.rows_as_of import HELD
from rookery_core.database.sides import scheme
from rookery_core.spec.columns import DatetimeColumn
from rookery_core.spec.gate import Gate
from rookery_trainer.bundle.champion_bundle import ChampionBundle
from rookery_trainer.bundle.export import Bundle, export_bundle
from rookery_trainer.data.batch import Batch
from rookery_trainer.data.snapshot import Snapshot, snapshot_of
from rookery_trainer.gate.champion_evaluation import comparable, evaluate_champion, features_of
from rookery_trainer.gate.contenders import Challenger, Champion
from rookery_trainer.gate.gate import decide
from rookery_trainer.model.cross_validation import fit_rows
from rookery_trainer.model.scores import Estimate, Scores
from rookery_trainer.model.trial import Configuration, Trial

SCORE = Estimate(mean=0.9, deviation=0.01)
CONFIGURATION = Configuration("random_forest", {"n_estimators": 10})
SCORES = Scores(SCORE, SCORE, SCORE, SCORE, (SCORE,) * 3, SCORE, SCORE)


@pytest.fixture
def yesterday() -> Snapshot:
    return replace(second_snapshot(spec_of()), data_digest="yesterday")


@pytest.fixture
def bundle(yesterday: Snapshot, tmp_path: Path) -> Bundle:
    pipeline = fit_rows(yesterday.spec, yesterday.training, CONFIGURATION, seed=1)
    trial = Trial(0, CONFIGURATION, "run", SCORES)
    return export_bundle(tmp_path, pipeline, yesterday, trial, sweep_id="s", trained_at="t")


def champion(bundle: Bundle, watermark: int | None, of_scheme: int | None) -> ChampionBundle:
    model = (bundle.directory / "model.onnx").read_bytes()
    return ChampionBundle("7", bundle.manifest, model, watermark, of_scheme)


def evaluated(bundle: Bundle, serving: ChampionBundle, today: Snapshot) -> Champion:
    told = np.full((len(today.holdout), 3), 1 / 3)
    return evaluate_champion(serving, CONFIGURATION, told, today, seed=1, mapper=map)


def test_rows_of_the_same_sides_were_never_seen(bundle: Bundle) -> None:
    today = second_snapshot(spec_of())

    found = evaluated(bundle, champion(bundle, 2, scheme(today.spec)), today)

    assert found.evaluation is not None
    assert found.evaluation.rows == len(today.holdout)


def test_where_sides_were_dealt_otherwise_only_later_rows_count(bundle: Bundle) -> None:
    today = second_snapshot(spec_of(holdout={"salt": "another"}))
    later = int((today.holdout.batches == 2).sum())  # type: ignore[union-attr]

    found = evaluated(bundle, champion(bundle, 1, 12345), today)

    assert found.evaluation is not None
    assert found.opposed is not None
    assert found.evaluation.rows == found.opposed.rows == later < len(today.holdout)
    decision = decide(Challenger(bundle.class_evaluation, 0.6), found, Gate())
    assert decision.rule == "fresh data"
    assert decision.evidence["challenger_on_the_champions_rows"]["rows"] == later


@pytest.mark.parametrize(("watermark", "of_scheme"), [(2, 12345), (None, None)])
def test_with_too_few_unseen_rows_the_rule_is_that_of_a_first_champion(
    bundle: Bundle, watermark: int | None, of_scheme: int | None
) -> None:
    today = second_snapshot(spec_of(holdout={"salt": "another"}))

    found = evaluated(bundle, champion(bundle, watermark, of_scheme), today)

    assert (found.evaluation, found.unseen) == (None, (0, 0, 0))
    decision = decide(Challenger(bundle.class_evaluation, 0.6), found, Gate())
    assert decision.rule == "first champion"
    assert decision.evidence["champion"] == {
        "version": "7",
        "same_contract": True,
        "unseen_rows": [0, 0, 0],
    }


def test_the_champion_sees_the_hold_out_by_its_own_origin_and_offset(bundle: Bundle) -> None:
    spec = spec_of()
    table = table_of(spec)
    # Today's first training day is years before the champion's.
    table.loc[table.index[~table[HELD]][0], "since"] = pd.Timestamp("2001-01-01")
    today = snapshot_of(spec, table, Batch(2, "digest", len(table)))
    since = today.learned.column("since")
    assert isinstance(since, DatetimeColumn)
    assert since.origin == "2001-01-01"

    features = features_of(bundle.manifest.contract, today)

    before = second_snapshot(spec).holdout.features
    assert (features["since.days"] == before["since.days"]).all()
    assert (features["since.days"] != today.holdout.features["since.days"]).all()


def test_other_learned_labels_are_the_same_contract_and_other_listed_ones_are_not(
    bundle: Bundle,
) -> None:
    spec = spec_of()
    table = table_of(spec)
    table["city"] = table["city"].replace({"Bonn": "Rom", "Rom": "Wien"})
    learned = snapshot_of(spec, table, Batch(2, "digest", len(table))).learned
    columns = [
        {**column, "values": ["free", "paid", "gold"]} if column["name"] == "plan" else column
        for column in spec.model_dump(mode="json")["columns"]
    ]
    listed = spec_of(columns=columns)

    then = bundle.manifest.contract
    assert contract_of(learned) != then
    assert comparable(spec, then, contract_of(learned))
    assert not comparable(listed, then, contract_of(listed))
