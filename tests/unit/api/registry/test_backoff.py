"""How long the API waits between two looks at the registry."""

import pytest

from rookery_api.base.settings import ApiSettings
from rookery_api.registry.backoff import Refusal, pause
from rookery_api.registry.tracking_client import RegisteredVersion

SETTINGS = ApiSettings()
ONE = RegisteredVersion("1", "run", 0)


@pytest.mark.parametrize("chance", [0.0, 0.5, 1.0])
def test_healthy_pause_is_five_seconds_at_most_and_never_short(chance: float) -> None:
    found = pause(SETTINGS, 0, chance)

    assert 0.7 * SETTINGS.poll_seconds <= found <= SETTINGS.poll_seconds <= 5


def test_chance_spreads_the_replicas() -> None:
    longest = pause(SETTINGS, 0, 1)

    assert pause(SETTINGS, 0, 0) == pytest.approx(0.7 * longest)
    assert pause(SETTINGS, 0, 0.5) == pytest.approx(0.85 * longest)


def test_pause_doubles_with_each_failure_after_the_first() -> None:
    settings = ApiSettings(poll_seconds=1, poll_backoff_seconds=1000)

    found = [pause(settings, failures, 1) for failures in range(6)]

    assert found == [1, 1, 2, 4, 8, 16]


@pytest.mark.parametrize("failures", [3, 10, 100, 10_000])
def test_pause_has_a_cap(failures: int) -> None:
    assert pause(SETTINGS, failures, 1) == SETTINGS.poll_backoff_seconds


def test_refused_version_is_due_less_and_less_often() -> None:
    refusal = Refusal.after(None, ONE)
    pauses = [refusal.pause]
    for _ in range(8):
        refusal = Refusal.after(refusal, ONE)
        pauses.append(refusal.pause)

    assert pauses == [1, 2, 4, 8, 16, 32, 60, 60, 60]
    assert not refusal.due(ONE)


def test_other_version_than_the_refused_one_is_due_at_once() -> None:
    two = RegisteredVersion("2", "run", 0)
    refusal = Refusal.after(Refusal.after(None, ONE), ONE)

    assert refusal.due(two)
    assert Refusal.after(refusal, two).pause == 1
