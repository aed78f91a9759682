import json
import math
from itertools import islice, pairwise

import pytest
from tests.some import some
from tests.unit.trainer.support.second_version import spec_of

from rookery_core.errors import Refused
from rookery_core.spec.catalog import load_catalog
from rookery_core.spec.distributions import Choice, Distribution, LogUniform, RandInt, Uniform
from rookery_core.spec.estimators import EstimatorName
from rookery_core.spec.model_spec import ModelSpec
from rookery_trainer.data.table_size import TableSize
from rookery_trainer.model.search_space import (
    configurations,
    eligible,
    first_configurations,
    space_size,
    sweep_seed,
)

NEAR = ("calibrated_svc", "k_nearest_neighbors")
"""Those whose time grows with the square of the rows."""


def forest(**space: Distribution) -> ModelSpec:
    return load_catalog()["species"].model_copy(update={"search_space": space})


def test_a_sweep_has_distinct_configurations() -> None:
    spec = forest(max_depth=RandInt(distribution="randint", low=1, high=23))

    drawn = first_configurations(spec, ordinal=1, spare=2)

    assert len({configuration.parameters["max_depth"] for configuration in drawn}) == 22


def test_the_same_ordinal_draws_the_same_and_another_draws_others() -> None:
    spec = load_catalog()["species"]

    again = [first_configurations(spec, ordinal, 5) for ordinal in (1, 1, 2)]

    assert again[0] == again[1]
    assert not any(configuration in again[2] for configuration in some(again[0]))


def test_another_seed_draws_others() -> None:
    spec = load_catalog()["sex"]
    other = spec.model_copy(update={"seed": spec.seed + 1})

    assert first_configurations(spec, 1, 0) != first_configurations(other, 1, 0)
    assert sweep_seed(spec, 1) not in (sweep_seed(other, 1), sweep_seed(spec, 2))


def test_the_order_of_the_keys_changes_nothing() -> None:
    spec = load_catalog()["species"]
    turned = dict(reversed(spec.search_space.items()))

    assert list(islice(configurations(spec, 3), 20)) == list(
        islice(configurations(spec.model_copy(update={"search_space": turned}), 3), 20)
    )


def test_every_value_lies_in_its_distribution() -> None:
    spec = forest(
        max_depth=RandInt(distribution="randint", low=2, high=5),
        ccp_alpha=Uniform(distribution="uniform", loc=1.0, scale=0.5),
        min_samples_split=LogUniform(distribution="loguniform", a=0.01, b=10.0),
        max_features=Choice(distribution="choice", values=("sqrt", None)),
    )

    for configuration in some(islice(configurations(spec, 1), 200)):
        drawn = configuration.parameters
        assert drawn["max_depth"] in (2, 3, 4)
        assert isinstance(drawn["ccp_alpha"], float)
        assert isinstance(drawn["min_samples_split"], float)
        assert 1.0 <= drawn["ccp_alpha"] <= 1.5
        assert 0.01 <= drawn["min_samples_split"] <= 10.0
        assert drawn["max_features"] in ("sqrt", None)


def test_a_loguniform_draw_falls_evenly_on_each_power_of_ten() -> None:
    spec = forest(ccp_alpha=LogUniform(distribution="loguniform", a=0.01, b=100.0))

    drawn = [float(c.parameters["ccp_alpha"] or 0) for c in islice(configurations(spec, 1), 2000)]

    assert sum(value < 1 for value in drawn) == pytest.approx(1000, abs=100)


def test_a_finite_space_is_drawn_empty_and_then_ends() -> None:
    spec = forest(
        max_depth=RandInt(distribution="randint", low=1, high=11),
        bootstrap=Choice(distribution="choice", values=(True, False, True)),
    )

    drawn = list(configurations(spec, 1))

    assert len(drawn) == space_size(spec) == 20
    assert len(first_configurations(spec, 1, spare=5)) == 20


def test_a_space_smaller_than_the_sweep_is_refused_with_the_remedy() -> None:
    spec = forest(max_depth=RandInt(distribution="randint", low=1, high=20))

    with pytest.raises(Refused, match=r"19 distinct configurations.*widen search_space"):
        first_configurations(spec, 1, 0)


def test_true_and_one_are_two_values() -> None:
    spec = forest(max_features=Choice(distribution="choice", values=(True, 1)))

    assert len(list(configurations(spec, 1))) == 2


def several(**keys: object) -> ModelSpec:
    plain = spec_of(trials=20).model_dump(mode="json", exclude={"estimator", "search_space"})
    return ModelSpec.model_validate_json(json.dumps({**plain, **keys}))


@pytest.mark.parametrize(
    ("rows", "searched"),
    [
        (400, ["hist_gradient_boosting", "xgboost", "logistic_regression"]),
        (5_000, ["hist_gradient_boosting", "xgboost", "logistic_regression"]),
        (5_001, ["hist_gradient_boosting", "xgboost"]),
    ],
)
def test_auto_tries_each_estimator_as_it_is_then_draws_boosted_ones_and_of_few_rows_the_linear_one(
    rows: int, searched: list[EstimatorName]
) -> None:
    spec = several(estimator="auto")

    drawn = first_configurations(spec, 1, 5, size=TableSize(rows))

    plain = [each.estimator for each in drawn if not each.parameters]
    assert plain[:2] == ["hist_gradient_boosting", "xgboost"]
    assert sorted(plain) == sorted(eligible(spec, TableSize(rows)))
    assert "ridge" not in plain
    rest = [each.estimator for each in drawn[len(plain) :]]
    assert rest == [searched[place % len(searched)] for place in range(len(rest))]
    assert len(rest) > 15
    assert len({repr(each) for each in drawn}) == 25


def test_auto_draws_the_penalty_of_ridge_regression_where_the_target_is_a_number() -> None:
    plain = several().model_dump(
        mode="json", exclude={"rare", "metric", "select_by", "search_space"}
    )
    keys = {**plain, "target": "amount", "features": ["visits", "member"]}
    spec = ModelSpec.model_validate_json(json.dumps(keys))

    drawn = first_configurations(spec, 1, 0, size=TableSize(400))

    searched = {each.estimator for each in drawn if each.parameters}
    assert searched == {"hist_gradient_boosting", "xgboost", "ridge"}


def test_four_penalties_are_spread_over_their_space_whatever_the_seed() -> None:
    sweeps = [
        first_configurations(several(seed=seed), ordinal, 0, size=TableSize(400))
        for seed in range(20)
        for ordinal in (1, 2)
    ]

    for sweep in some(sweeps):
        drawn = [each.parameters for each in sweep if each.estimator == "logistic_regression"]
        powers = sorted(math.log10(float(each["C"] or 0)) for each in drawn if each)
        assert len(powers) == 4
        ends = [-2, *powers, 2]
        # Four numbers that are drawn by chance leave such a gap in four of ten sweeps.
        assert max(after - before for before, after in pairwise(ends)) < 1.8


def test_weights_of_classes_are_drawn_only_where_labels_alone_select() -> None:
    drawn = {
        select_by: {
            name
            for each in first_configurations(
                several(select_by=select_by), 1, 0, size=TableSize(400)
            )
            for name in each.parameters
        }
        for select_by in ("log_loss", "roc_auc", "balanced_accuracy")
    }

    assert "class_weight" in drawn["balanced_accuracy"]
    assert "class_weight" not in drawn["log_loss"] | drawn["roc_auc"]


def test_auto_leaves_out_what_would_take_most_of_the_time_and_a_named_one_is_tried() -> None:
    spec = several(estimators=["k_nearest_neighbors", "logistic_regression"])

    few, more, some_rows, many, most, all_rows = (
        {each.estimator for each in first_configurations(several(), 1, 0, size=TableSize(rows))}
        for rows in (5_000, 5_001, 10_000, 10_001, 100_000, 100_001)
    )

    assert few - more == {"calibrated_svc", "k_nearest_neighbors"}
    assert more == some_rows
    assert some_rows - many == {"gradient_boosting"}
    assert many == most
    assert most - all_rows == {"random_forest", "extra_trees"}
    assert all_rows == {"hist_gradient_boosting", "xgboost", "logistic_regression"}
    huge = TableSize(10**6, breadth=10**4)
    assert {each.estimator for each in first_configurations(spec, 1, 0, size=huge)} == {
        "k_nearest_neighbors",
        "logistic_regression",
    }


@pytest.mark.parametrize(
    ("rows", "breadth", "left_out"),
    [
        (4_000, 500, set()),
        (4_000, 501, {"gradient_boosting"}),
        (4_000, 2_500, {"gradient_boosting"}),
        (4_000, 2_501, {"gradient_boosting", "hist_gradient_boosting"}),
        # Trials are compared on 5,000 of them: 50 million cells.
        (60_000, 10_000, {"gradient_boosting", "hist_gradient_boosting", *NEAR}),
        (4_000, 25_001, {"gradient_boosting", "hist_gradient_boosting", "xgboost"}),
    ],
)
def test_of_a_broad_table_auto_leaves_out_boosting_that_would_take_most_of_the_time(
    rows: int, breadth: int, left_out: set[str]
) -> None:
    size = TableSize(rows, breadth)

    names = eligible(several(), size)

    assert set(eligible(several(), TableSize(400))) - set(names) == left_out
    drawn = first_configurations(several(), 1, 0, size=size)
    assert {each.estimator for each in drawn} == set(names)


def test_of_a_broad_table_the_linear_one_is_drawn_where_trials_see_few_of_its_rows() -> None:
    drawn = first_configurations(several(), 1, 0, size=TableSize(60_000, 10_000))

    searched = {each.estimator for each in drawn if each.parameters}
    assert searched == {"xgboost", "logistic_regression"}


def test_auto_tries_all_that_may_be_tried_where_each_takes_too_much() -> None:
    two = {"merge": ["ugly", "odd"], "into": "bad"}
    ordered = several(rare=two, monotone={"amount": "increasing"})

    names = eligible(ordered, TableSize(4_000, 50_000))

    assert set(names) == {"hist_gradient_boosting", "xgboost"}


@pytest.mark.parametrize("classes", [80, 81])
def test_auto_leaves_out_support_vectors_of_more_classes_than_the_api_reads(classes: int) -> None:
    spec = several()
    labels = tuple(f"c{number}" for number in range(classes))
    many = spec.model_copy(
        update={
            "columns": tuple(
                column.model_copy(update={"values": labels})
                if column.name == spec.target
                else column
                for column in spec.columns
            )
        }
    )

    names = eligible(many, TableSize(1_000))

    assert len(many.classes) == classes
    assert ("calibrated_svc" in names) == (classes <= 80)


def test_several_estimators_are_drawn_alike_again_and_otherwise_by_another_sweep() -> None:
    spec = several()

    one, again, other = (
        first_configurations(spec, ordinal, 5, size=TableSize(400)) for ordinal in (1, 1, 2)
    )

    assert one == again
    assert [each.estimator for each in one] == [each.estimator for each in other]
    assert one != other


def test_several_estimators_with_finite_spaces_come_to_an_end() -> None:
    names = ["k_nearest_neighbors", "random_forest"]
    spec = several(estimators=names, trials=1)

    drawn = [each.estimator for each in islice(configurations(spec, 1), 200)]

    assert drawn.count("k_nearest_neighbors") == 37
    assert len(drawn) == 200
