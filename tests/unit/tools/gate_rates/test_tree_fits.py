"""Trees as learners of simulated tables."""

import numpy as np
import pytest
from tests.some import some
from tools.gate_rates.fits import Learner, Penalty
from tools.gate_rates.tables import TREE_LEARNERS
from tools.gate_rates.tree_fits import TreeFit

CARELESS, CAREFUL = Penalty(mixed=0.0, kept=1.0), Penalty(mixed=1.0, kept=0.3)
GENERATOR = np.random.default_rng(0)
FEATURES = GENERATOR.normal(size=(200, 3))


@pytest.mark.parametrize("learner", TREE_LEARNERS)
def test_classes_are_answered_by_probabilities_and_one_without_rows_by_none(
    learner: Learner,
) -> None:
    truth = np.where(FEATURES[:, 0] > 0, 2, 0)

    told = TreeFit(learner, FEATURES, truth, 3).answers(FEATURES, CARELESS)

    assert np.allclose(told.sum(axis=1), 1)
    assert not told[:, 1].any()
    assert (told.argmax(axis=1) == truth).mean() > 0.95


@pytest.mark.parametrize("learner", TREE_LEARNERS)
def test_a_careful_configuration_follows_the_rows_less(learner: Learner) -> None:
    truth = FEATURES[:, 0] + GENERATOR.normal(size=len(FEATURES))
    fit = TreeFit(learner, FEATURES, truth, 0)

    errors = [np.square(fit.answers(FEATURES, each) - truth).mean() for each in (CARELESS, CAREFUL)]

    assert some(errors)[0] < errors[1]
