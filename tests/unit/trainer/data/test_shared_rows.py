"""Rows in a file that every process maps: pickled as a path, fitted as any others."""

import pickle
from dataclasses import fields, replace
from pathlib import Path

import numpy as np
import pytest
from tests.some import some
from tests.unit.trainer.support.estimators import CLASSIFIERS, SMALL
from tests.unit.trainer.support.second_version import second_snapshot, spec_of

from rookery_core.spec.estimators import EstimatorName
from rookery_trainer.data.rows import Rows
from rookery_trainer.data.shared_rows import shared
from rookery_trainer.model.cross_validation import fit_rows
from rookery_trainer.model.pipeline import probabilities
from rookery_trainer.model.trial import Configuration


def training_rows() -> Rows:
    return second_snapshot(spec_of(holdout={"by": "group", "column": "patient"})).training


def again(rows: Rows) -> Rows:
    """Returns the rows as another process gets them."""
    unpickled: Rows = pickle.loads(pickle.dumps(rows))  # noqa: S301 (made here)
    return unpickled


def same(one: Rows, other: Rows) -> None:
    for part in some(fields(Rows)):
        mine, theirs = getattr(one, part.name), getattr(other, part.name)
        if part.name == "features":
            assert mine.equals(theirs)
            assert list(mine.dtypes) == list(theirs.dtypes)
        else:
            assert np.array_equal(mine, theirs), part.name


def test_they_are_the_rows_that_were_given(tmp_path: Path) -> None:
    rows = training_rows()

    mapped = shared(rows, tmp_path)

    same(mapped, rows)
    same(mapped.take(np.arange(3)), rows.take(np.arange(3)))


def test_they_are_pickled_as_a_path_and_mapped_once_a_process(tmp_path: Path) -> None:
    mapped = shared(training_rows(), tmp_path)

    pickled = pickle.dumps(mapped)

    assert len(pickled) < 500
    assert again(mapped) is again(mapped)
    same(again(mapped), mapped)


def test_rows_made_of_them_are_pickled_whole(tmp_path: Path) -> None:
    mapped = shared(training_rows(), tmp_path)

    other = replace(mapped, labels=mapped.labels[::-1])

    same(again(other), other)
    same(again(mapped.take(np.arange(9))), mapped.take(np.arange(9)))


def test_nobody_changes_what_others_have_mapped(tmp_path: Path) -> None:
    mapped = shared(training_rows(), tmp_path)

    with pytest.raises(ValueError, match="read-only"):
        mapped.labels[0] = 1


@pytest.mark.parametrize("estimator", CLASSIFIERS)
def test_every_estimator_is_fitted_to_them_as_to_any_others(
    tmp_path: Path, estimator: EstimatorName
) -> None:
    spec = spec_of().model_copy(update={"estimator": estimator})
    rows, configuration = second_snapshot(spec).training, Configuration(estimator, SMALL[estimator])

    pipelines = [fit_rows(spec, each, configuration, 1) for each in (rows, shared(rows, tmp_path))]

    told, mapped_told = (probabilities(each, spec, rows.features) for each in pipelines)
    assert np.array_equal(told, mapped_told)


def test_rows_that_were_taken_leave_nothing_of_the_file_in_memory(tmp_path: Path) -> None:
    many = training_rows().take(np.tile(np.arange(200), 2_000))
    mapped = shared(many, tmp_path)
    (place,) = tmp_path.iterdir()

    same(mapped.take(np.arange(0, len(many), 999)), many.take(np.arange(0, len(many), 999)))

    assert resident_kib(place) < 1_000
    assert mapped.features["amount"].sum() == many.features["amount"].sum()
    assert resident_kib(place) > 1_000


def resident_kib(place: Path) -> int:
    """Sums up what is in memory of the rows' file, as this process maps it."""
    said = iter(Path("/proc/self/smaps").read_text().splitlines())
    return sum(
        int(next(line for line in said if line.startswith("Rss")).split()[1])
        for line in said
        if line.endswith(str(place / "content"))
    )
