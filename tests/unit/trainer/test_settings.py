import pytest

from rookery_core.errors import Refused
from rookery_trainer.settings import TrainerSettings, checked_share, checked_sweep_id
from rookery_trainer.share import Share


@pytest.mark.parametrize("good", ["a", "3f0c1a2e-9a1b-4f6e-8d38-6f2f6d1b1c11", "nightly.7_b"])
def test_an_id_of_plain_characters_is_taken(good: str) -> None:
    assert checked_sweep_id(good) == good


@pytest.mark.parametrize("bad", ["", "-a", "a b", "a'; --", "ä", "a" * 65, "a\n"])
def test_any_other_id_is_refused(bad: str) -> None:
    with pytest.raises(Refused, match="give another"):
        checked_sweep_id(bad)


def test_a_pod_without_a_shard_does_the_whole_sweep() -> None:
    assert checked_share(TrainerSettings(sweep_id="a")) is None


def test_a_shard_is_what_the_environment_says(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {"SHARD": "3", "SHARDS": "4", "SWEEP_ID": "a"}.items():
        monkeypatch.setenv(f"ROOKERY_TRAINER_{name}", value)

    assert checked_share(TrainerSettings()) == Share(3, 4)


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        (TrainerSettings(sweep_id="a", shard=0), "set both of them, or none"),
        (TrainerSettings(sweep_id="a", shards=4), "set both of them, or none"),
        (TrainerSettings(sweep_id="a", shard=4, shards=4), "count from 0 to 3"),
        (TrainerSettings(shard=0, shards=4), "give all shards the same"),
    ],
)
def test_half_a_shard_is_refused(settings: TrainerSettings, said: str) -> None:
    with pytest.raises(Refused, match=said):
        checked_share(settings)
