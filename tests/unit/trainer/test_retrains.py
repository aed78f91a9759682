"""The gate in simulated retrains: a small sample of what the torture tier runs whole."""

from tests.unit.trainer import retrains


def test_noise_is_not_promoted() -> None:
    assert not retrains.noise(0).promoted


def test_a_truly_better_configuration_is_promoted() -> None:
    outcomes = [retrains.better(number) for number in range(2)]

    assert all(outcome.true_gain > 0.05 for outcome in outcomes)
    assert all(outcome.promoted for outcome in outcomes)


def test_a_chain_of_retrains_on_one_data_set_promotes_no_noise() -> None:
    outcomes = list(retrains.chain(0, retrains=2, trials=2))

    assert not any(outcome.false for outcome in outcomes)


def test_shuffled_labels_make_no_champion() -> None:
    assert not any(retrains.shuffled_labels(number, trials=2) for number in range(5))
