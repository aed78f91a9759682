"""Rows that are fitted: how often a boosted estimator finds its best round."""

import numpy as np
import pytest
from sklearn.pipeline import Pipeline
from tests.some import some
from tests.unit.trainer.support.second_version import second_snapshot, spec_of

from rookery_core.spec.estimators import EstimatorName
from rookery_trainer.boosting import estimators as boosting
from rookery_trainer.boosting.trees import boosted_trees
from rookery_trainer.data.learned_spec import with_labels
from rookery_trainer.data.stopping_rows import SPLITS, stopping_splits
from rookery_trainer.estimators import ESTIMATORS
from rookery_trainer.model.cross_validation import fit_rows
from rookery_trainer.model.pipeline import ESTIMATOR, fit
from rookery_trainer.model.trial import Configuration

SPEC = spec_of()
BOOSTED: list[EstimatorName] = [name for name, known in ESTIMATORS.items() if known.boosted]


@pytest.mark.parametrize("bound", [("FEW_ROWS", 100), ("FEW_CELLS", 100)])
@pytest.mark.parametrize("name", BOOSTED)
def test_the_model_that_is_served_of_little_data_has_the_mean_of_several_best_rounds(
    name: EstimatorName, bound: tuple[str, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = second_snapshot(SPEC, 400).training
    configuration = Configuration(name, {})
    labels = np.array(SPEC.classes)[rows.labels]
    closed = with_labels(SPEC, rows.features)
    alone = [
        fit(closed, configuration, rows.features, labels, 1, splits=[split])
        for split in stopping_splits(SPEC, rows, 1, several=True)
    ]

    compared = fit_rows(SPEC, rows, configuration, 1)
    served = fit_rows(SPEC, rows, configuration, 1, final=True)
    monkeypatch.setattr(boosting, *bound)
    of_many = fit_rows(SPEC, rows, configuration, 1, final=True)

    found = [rounds_of(each) for each in some(alone)]
    assert len(set(found)) > 1
    assert rounds_of(compared) == rounds_of(of_many) == found[0]
    assert rounds_of(served) == round(sum(found) / SPLITS)


def rounds_of(fitted: object) -> int:
    assert isinstance(fitted, Pipeline)
    boosted = boosted_trees(fitted.named_steps[ESTIMATOR])
    assert boosted is not None
    # Each round has a tree for each class.
    return len(boosted.trees) // len(SPEC.classes)
