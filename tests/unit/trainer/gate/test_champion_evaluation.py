"""The champion, evaluated on today's rows and compared with a challenger."""

from pathlib import Path

import pytest
from tests.unit.trainer.support.penguins import (
    MEASURES,
    fitted,
    measured_rows,
    parted,
    species_spec,
)

from rookery_core.spec.model_spec import ModelSpec
from rookery_trainer.bundle.champion_bundle import ChampionBundle
from rookery_trainer.bundle.export import Bundle, export_bundle
from rookery_trainer.data.snapshot import Snapshot
from rookery_trainer.gate.champion_evaluation import evaluate_champion
from rookery_trainer.gate.contenders import Challenger
from rookery_trainer.gate.decision import Decision
from rookery_trainer.gate.gate import decide
from rookery_trainer.model.scores import Estimate, Scores
from rookery_trainer.model.trial import Configuration, Parameters, Trial

SCORE = Estimate(mean=0.9, deviation=0.01)
FEW: Parameters = {"n_neighbors": 3}
MANY: Parameters = {"n_neighbors": 121}


def neighbors_spec(features: tuple[str, ...] = MEASURES) -> ModelSpec:
    return species_spec("k_nearest_neighbors", {"n_neighbors": 3}, features)


def snapshot(spec: ModelSpec, data_digest: str = "today") -> Snapshot:
    return parted(spec, measured_rows(spec), seed=0, data_digest=data_digest)


def trial(today: Snapshot, parameters: Parameters) -> Trial:
    configuration = Configuration(today.spec.estimator, parameters)
    return Trial(
        0, configuration, "run", Scores(SCORE, SCORE, SCORE, SCORE, (SCORE,) * 3, SCORE, SCORE)
    )


def bundle(directory: Path, today: Snapshot, parameters: Parameters) -> Bundle:
    directory.mkdir()
    pipeline = fitted(today, parameters, seed=1)
    return export_bundle(
        directory, pipeline, today, trial(today, parameters), sweep_id="sweep", trained_at="then"
    )


def champion(directory: Path, today: Snapshot, parameters: Parameters) -> ChampionBundle:
    made = bundle(directory, today, parameters)
    return ChampionBundle("7", made.manifest, (directory / "model.onnx").read_bytes())


def decision_on(
    made: Bundle, parameters: Parameters, serving: ChampionBundle, today: Snapshot
) -> Decision:
    """Lets the gate decide on the challenger of that bundle."""
    configuration = Configuration(today.spec.estimator, parameters)
    found = evaluate_champion(serving, configuration, made.told, today, seed=1, mapper=map)
    cross_validated = trial(today, parameters).scores.estimates["balanced_accuracy"].mean
    return decide(Challenger(made.class_evaluation, cross_validated), found, today.spec.gate)


def test_the_champion_is_compared_and_scored_on_todays_rows(tmp_path: Path) -> None:
    today = snapshot(neighbors_spec())
    serving = champion(tmp_path / "champion", today, MANY)
    challenger = bundle(tmp_path / "challenger", today, FEW)

    decision = decision_on(challenger, FEW, serving, today)

    assert (decision.promote, decision.rule) == (True, "superior configuration")
    assert decision.evidence["comparison"]["mean_gain"] > 0.02
    assert decision.evidence["champion"]["rows"] == len(today.holdout)


def test_the_same_configuration_again_is_not_promoted(tmp_path: Path) -> None:
    today = snapshot(neighbors_spec())
    serving = champion(tmp_path / "champion", today, FEW)
    challenger = bundle(tmp_path / "challenger", today, FEW)

    decision = decision_on(challenger, FEW, serving, today)

    assert not decision.promote
    assert decision.evidence["comparison"]["p"] == 1.0


def test_other_data_need_no_comparison(tmp_path: Path) -> None:
    spec = neighbors_spec()
    serving = champion(tmp_path / "champion", snapshot(spec, "yesterday"), FEW)
    today = snapshot(spec)
    challenger = bundle(tmp_path / "challenger", today, FEW)

    decision = decision_on(challenger, FEW, serving, today)

    assert (decision.promote, decision.rule) == (True, "fresh data")
    assert "comparison" not in decision.evidence


def test_an_estimator_that_changed_is_compared_all_the_same(tmp_path: Path) -> None:
    today = snapshot(species_spec("logistic_regression", {"C": 1.0}))
    serving = champion(tmp_path / "champion", snapshot(neighbors_spec()), MANY)
    challenger = bundle(tmp_path / "challenger", today, {"C": 1.0})

    decision = decision_on(challenger, {"C": 1.0}, serving, today)

    assert decision.rule == "superior configuration"


@pytest.mark.parametrize("features", [MEASURES[:3], (*MEASURES, "island")])
def test_other_features_make_a_new_baseline(tmp_path: Path, features: tuple[str, ...]) -> None:
    serving = champion(tmp_path / "champion", snapshot(neighbors_spec()), FEW)
    today = snapshot(neighbors_spec(features))
    challenger = bundle(tmp_path / "challenger", today, FEW)

    decision = decision_on(challenger, FEW, serving, today)

    assert (decision.promote, decision.rule) == (True, "new baseline")


def test_a_wider_range_or_another_order_is_the_same_contract(tmp_path: Path) -> None:
    spec = neighbors_spec(MEASURES[::-1])
    columns = tuple(
        column.model_copy(update={"range": (1.0, 9_999.0)}) if column.kind == "number" else column
        for column in spec.columns
    )
    serving = champion(tmp_path / "champion", snapshot(neighbors_spec()), FEW)
    today = snapshot(spec.model_copy(update={"columns": columns}))
    challenger = bundle(tmp_path / "challenger", today, FEW)

    decision = decision_on(challenger, FEW, serving, today)

    assert decision.rule == "superior configuration"
    assert decision.evidence["champion"]["misses"] == decision.evidence["challenger"]["misses"]
