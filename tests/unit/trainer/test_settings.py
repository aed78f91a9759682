import pytest

from rookery_core.errors import Refused
from rookery_trainer.settings import checked_sweep_id


@pytest.mark.parametrize("good", ["a", "3f0c1a2e-9a1b-4f6e-8d38-6f2f6d1b1c11", "nightly.7_b"])
def test_an_id_of_plain_characters_is_taken(good: str) -> None:
    assert checked_sweep_id(good) == good


@pytest.mark.parametrize("bad", ["", "-a", "a b", "a'; --", "ä", "a" * 65, "a\n"])
def test_any_other_id_is_refused(bad: str) -> None:
    with pytest.raises(Refused, match="give another"):
        checked_sweep_id(bad)
