"""The gate's stated rates: false promotions at most 5 %, power at least 0.8 for a gain of 0.08."""

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

import numpy as np
import pytest
from tests.unit.trainer.support import retrains
from tests.unit.trainer.support.retrains import Retrain
from threadpoolctl import threadpool_limits

RETRAINS = 200
CHAINS = 10

pytestmark = pytest.mark.timeout(4 * 3600)


@pytest.fixture(scope="module")
def pool() -> Iterator[ProcessPoolExecutor]:
    with ProcessPoolExecutor(os.cpu_count(), get_context("spawn"), one_thread) as processes:
        yield processes


def one_thread() -> None:
    """More threads cost more than such small fits do; the libraries of this module are limited."""
    threadpool_limits(1)


@pytest.fixture
def tell(capsys: pytest.CaptureFixture[str]) -> Callable[[str, Sequence[Retrain]], None]:
    """Writes a row of rates to the terminal."""

    def write(name: str, results: Sequence[Retrain]) -> None:
        promoted = np.mean([result.promoted for result in results])
        false = np.mean([result.false for result in results])
        gain = np.mean([result.true_gain for result in results])
        line = f"{len(results)} retrains, {promoted:.3f} promoted, {false:.3f} falsely"
        with capsys.disabled():
            os.write(1, f"\n{name}: {line}, true gain {gain:+.3f}\n".encode())

    return write


Tell = Callable[[str, Sequence[Retrain]], None]


def test_noise_is_promoted_at_most_at_the_stated_rate(
    pool: ProcessPoolExecutor, tell: Tell
) -> None:
    results = list(pool.map(retrains.noise, range(RETRAINS)))

    tell("noise", results)
    assert np.mean([result.promoted for result in results]) <= 0.05


def test_another_sweep_is_falsely_promoted_at_most_at_the_stated_rate(
    pool: ProcessPoolExecutor, tell: Tell
) -> None:
    results = list(pool.map(retrains.another_sweep, range(RETRAINS)))

    tell("another sweep", results)
    assert np.mean([result.false for result in results]) <= 0.05


def test_chains_on_one_data_set_promote_at_most_at_the_stated_rate(
    pool: ProcessPoolExecutor, tell: Tell
) -> None:
    chains = pool.map(retrains.whole_chain, range(CHAINS), [RETRAINS // CHAINS] * CHAINS)

    results = [result for chain in chains for result in chain]
    tell("chains", results)
    assert np.mean([result.false for result in results]) <= 0.05


def test_a_worse_configuration_is_promoted_at_most_at_the_stated_rate(
    pool: ProcessPoolExecutor, tell: Tell
) -> None:
    results = list(pool.map(retrains.worse, range(RETRAINS)))

    tell("worse", results)
    assert np.mean([result.promoted for result in results]) <= 0.05


def test_a_better_configuration_is_promoted_at_the_stated_power(
    pool: ProcessPoolExecutor, tell: Tell
) -> None:
    results = list(pool.map(retrains.better, range(RETRAINS)))

    tell("better", results)
    assert np.mean([result.true_gain for result in results]) == pytest.approx(0.08, abs=0.015)
    assert np.mean([result.promoted for result in results]) >= 0.8


def test_shuffled_labels_are_never_promoted(pool: ProcessPoolExecutor) -> None:
    assert not any(pool.map(retrains.shuffled_labels, range(RETRAINS)))
