"""The snapshot of a second-version table: sides as written down, and what the rows decide."""

import numpy as np
import pandas as pd
import pytest
from tests.some import some
from tests.unit.trainer.support.second_version import second_snapshot, spec_of, table_of

from rookery_core.database.rows_as_of import HELD
from rookery_core.errors import Refused
from rookery_core.spec.columns import CategoryColumn, DatetimeColumn
from rookery_trainer.data.batch import Batch
from rookery_trainer.data.snapshot import snapshot_of


def test_sides_are_those_written_down() -> None:
    spec = spec_of()
    table = table_of(spec)

    snapshot = snapshot_of(spec, table, Batch(2, "digest", len(table)))

    held = set(table["_row_id"][table[HELD]])
    assert {bytes(key) for key in snapshot.holdout.keys} == held
    assert {bytes(key) for key in snapshot.training.keys} == set(table["_row_id"]) - held


def test_rows_without_target_side_or_class_are_left_out_and_counted_once() -> None:
    spec = spec_of(rare={"drop": ["odd"]})
    table = table_of(spec)
    odd = int((table["outcome"] == "odd").sum())
    first = table.index[table["outcome"] == "good"][:5]
    table.loc[first, "outcome"] = None
    table[HELD] = table[HELD].astype(object)
    table.loc[first[:2], HELD] = None
    other = table.index[table["outcome"] == "bad"][:3]
    table.loc[other, HELD] = None

    snapshot = snapshot_of(spec, table, Batch(2, "digest", len(table)))

    assert snapshot.left_out == {
        "without_target": 5,
        "of_dropped_classes": odd,
        "without_any_feature": 0,
        "on_no_side": 3,
    }
    assert len(snapshot.training) + len(snapshot.holdout) == len(table) - 8 - odd
    assert spec.classes == ("good", "bad", "ugly")


def test_a_merged_label_counts_as_its_class() -> None:
    spec = spec_of()
    table = table_of(spec)

    snapshot = snapshot_of(spec, table, Batch(2, "digest", len(table)))

    labels = np.concatenate([snapshot.training.labels, snapshot.holdout.labels])
    counts = dict(zip(spec.classes, np.bincount(labels), strict=True))
    assert counts["ugly"] == int(table["outcome"].isin(["odd", "ugly"]).sum())


def test_a_boolean_target_has_two_classes() -> None:
    spec = spec_of(target="churned", rare="refuse")
    table = table_of(spec)

    snapshot = snapshot_of(spec, table, Batch(2, "digest", len(table)))

    assert spec.classes == ("false", "true")
    labels = np.concatenate([snapshot.training.labels, snapshot.holdout.labels])
    assert labels.sum() == table["churned"].sum()


def test_the_model_sees_each_kind_as_its_columns() -> None:
    features = second_snapshot(spec_of()).training.features

    assert features["member"].dropna().isin([0.0, 1.0]).all()
    assert features["member"].isna().any()
    assert features["stamp"].max() < 2e6
    assert {name for name in features if str(name).startswith("since.")} == {
        f"since.{part}" for part in ("year", "month", "day_of_year", "weekday", "hour", "days")
    }
    assert features["since.days"].min() < 1
    assert features["seen.year"].isna().any()
    floats = [name for name in features if name not in ("city", "plan")]
    assert all(features[name].dtype == np.float32 for name in some(floats))


def test_the_commonest_labels_of_the_training_rows_are_learned_ties_by_text() -> None:
    spec = spec_of()
    table = table_of(spec)
    training = table.index[~table[HELD]]
    table["city"] = "Ulm"
    table.loc[training[:30], "city"] = "Rom"
    for place, label in enumerate(["d", "b", "c", "a"]):
        table.loc[training[40 + 5 * place : 45 + 5 * place], "city"] = label
    table.loc[table.index[table[HELD]], "city"] = "held"

    learned = snapshot_of(spec, table, Batch(2, "digest", len(table))).learned

    city = learned.column("city")
    assert isinstance(city, CategoryColumn)
    assert city.labels == ("Ulm", "Rom", "a", "b")
    assert city.accepts_unknown


def test_what_is_missing_in_a_training_row_is_optional_unless_the_spec_says() -> None:
    columns = [dict(column) for column in spec_of().model_dump(mode="json")["columns"]]
    for column in columns:
        column.pop("optional", None)
        if column["name"] == "amount":
            column["optional"] = False

    learned = second_snapshot(spec_of(columns=columns)).learned

    optional = {column.name for column in learned.feature_columns if column.optional}
    assert optional == {"member", "city", "seen"}


def test_days_count_from_the_first_training_day_of_the_zone() -> None:
    spec = spec_of()
    table = table_of(spec)
    first = table.index[~table[HELD]][0]
    # In Berlin it is the next day, and the next year.
    table.loc[first, "seen"] = pd.Timestamp("2019-12-31T23:30:00Z")
    table.loc[table.index[table[HELD]][0], "seen"] = pd.Timestamp("2001-01-01T00:00:00Z")

    learned = snapshot_of(spec, table, Batch(2, "digest", len(table))).learned

    seen = learned.column("seen")
    assert isinstance(seen, DatetimeColumn)
    assert seen.origin == "2020-01-01"


def test_all_that_is_wrong_is_said_at_once() -> None:
    spec = spec_of(rare="refuse")
    table = table_of(spec)
    table.loc[table.index[table["outcome"] == "odd"][1:], "outcome"] = "good"
    table["amount"] = 1.7e9 + np.arange(len(table))
    table["plan"] = "free"
    table["visits"] = np.nan

    with pytest.raises(Refused) as refusal:
        snapshot_of(spec, table, Batch(2, "digest", len(table)))

    said = str(refusal.value)
    for part in some(["'amount'", "'plan'", "'visits' of 'visits' is missing", "of 'odd'"]):
        assert part in said


def test_the_same_table_gives_the_same_content_digest() -> None:
    one, other = second_snapshot(spec_of()), second_snapshot(spec_of())

    assert one.content_digest == other.content_digest
    assert one.content_digest != second_snapshot(spec_of(), seed=2).content_digest
