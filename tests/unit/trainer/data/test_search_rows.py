"""The sample on which trials are compared where there are very many training rows."""

import numpy as np
import pandas as pd
import pytest
from structlog.testing import capture_logs
from tests.some import some
from tests.unit.trainer.support.second_version import second_snapshot, spec_of

from rookery_core.spec.model_spec import ModelSpec
from rookery_trainer.data.rows import Rows, row_keys
from rookery_trainer.data.search_rows import most_search_rows, search_rows

MOST = 1_000


def spec(**keys: object) -> ModelSpec:
    return spec_of(max_search_rows=MOST, **keys)


def rows_of(counts: list[int], groups: int = 0) -> Rows:
    """Makes rows of these classes, in a mixed order."""
    labels = np.random.default_rng(2).permutation(np.repeat(range(len(counts)), counts))
    number = len(labels)
    return Rows(
        pd.DataFrame({"amount": np.arange(number, dtype=np.float32)}),
        labels.astype(np.intp),
        row_keys(f"{each:09}".encode() for each in range(number)),
        groups=np.arange(number, dtype=np.intp) % groups if groups else None,
    )


def test_classes_keep_their_shares_and_rows_their_order() -> None:
    sample = search_rows(spec(), rows_of([6_000, 3_000, 1_000]), 3)

    assert np.bincount(sample.labels).tolist() == [600, 300, 100]
    places = sample.features["amount"].to_numpy()
    assert (np.diff(places) > 0).all()
    assert np.ptp(places) > 9_000


def test_a_rare_class_keeps_as_many_rows_as_folds_need() -> None:
    sample = search_rows(spec(), rows_of([99_000, 900, 10]), 3)

    counts = np.bincount(sample.labels)
    assert counts.sum() <= MOST
    assert counts[2] >= 5


def test_no_group_is_divided() -> None:
    rows = rows_of([6_000, 4_000], groups=40)

    sample = search_rows(spec(holdout={"by": "group", "column": "patient"}), rows, 3)

    assert rows.groups is not None
    assert sample.groups is not None
    assert 0 < len(sample) <= MOST
    for group in some(np.unique(sample.groups)):
        assert (sample.groups == group).sum() == (rows.groups == group).sum()


def test_a_number_keeps_its_quantiles() -> None:
    rows = rows_of([10_000])
    values = np.random.default_rng(3).lognormal(size=10_000)
    numbers = Rows(rows.features, rows.labels, rows.keys, values=values)

    sample = search_rows(spec(), numbers, 3)

    assert sample.values is not None
    assert len(sample) == MOST
    above = (sample.values > np.quantile(values, 0.9)).mean()
    assert abs(above - 0.1) < 0.002


def test_the_same_rows_give_the_same_sample_and_the_log_says_so() -> None:
    rows = rows_of([6_000, 4_000])

    with capture_logs() as events:
        one, other = search_rows(spec(), rows, 3), search_rows(spec(), rows, 3)

    assert one.keys.tobytes() == other.keys.tobytes()
    assert {(event["rows"], event["of"]) for event in events} == {(MOST, 10_000)}


def test_few_rows_are_all_searched() -> None:
    training = second_snapshot(spec()).training

    assert search_rows(spec(), training, 3) is training


@pytest.mark.parametrize(
    ("breadth", "most"),
    [(20, 100_000), (100, 100_000), (101, 99_009), (400, 25_000), (2_000, 5_000), (20_000, 5_000)],
)
def test_trials_are_compared_on_fewer_rows_of_a_broad_table(breadth: int, most: int) -> None:
    assert most_search_rows(spec_of(), breadth) == most


def test_a_person_who_asks_for_more_rows_gets_more_of_a_broad_table_too() -> None:
    told = [most_search_rows(spec_of(max_search_rows=rows), 400) for rows in (1_000, 400_000)]

    assert told == [1_000, 100_000]
