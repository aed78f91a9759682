"""The gate in simulated retrains: a small sample of what the torture tier runs whole."""

from collections.abc import Iterator

import pytest
from tests.some import some
from tests.unit.trainer.support import retrains
from threadpoolctl import threadpool_limits

from rookery_trainer.gate.resampled_t_test import Repeat, fold_losses
from rookery_trainer.model.trial import Configuration


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    """Threads cost more than such small fits do."""
    with threadpool_limits(1):
        yield


def test_the_quick_losses_of_the_simulation_are_those_of_the_comparison() -> None:
    snapshot = retrains.penguins(retrains.search_spec(1), 0)
    configuration = Configuration("logistic_regression", {"C": 6.0})
    repeat = Repeat(snapshot.spec, snapshot.training, configuration, seed=1, number=3)

    quick, real = retrains.quick_losses(repeat), fold_losses(repeat)

    assert quick == pytest.approx(real, abs=1e-4)


def test_noise_is_not_promoted() -> None:
    assert not retrains.noise(0).promoted


def test_a_truly_better_configuration_is_promoted() -> None:
    results = [retrains.better(number) for number in range(2)]

    assert all(result.true_gain > 0.05 for result in results)
    assert all(result.promoted for result in results)


def test_a_chain_of_retrains_on_one_data_set_promotes_no_noise() -> None:
    results = some(retrains.chain(0, retrains=2, trials=2))

    assert not any(result.false for result in results)


def test_shuffled_labels_make_no_champion() -> None:
    assert not any(retrains.shuffled_labels(number, trials=2) for number in range(5))
