import pytest

from rookery_trainer.share import Share


@pytest.mark.parametrize("shards", [1, 2, 3, 4, 7, 20, 25])
def test_each_draw_is_in_the_share_of_one_shard(shards: int) -> None:
    draws = [draw for shard in range(shards) for draw in Share(shard, shards).draws(20)]

    assert sorted(draws) == list(range(20))


def test_a_shard_does_every_nth_draw() -> None:
    assert list(Share(1, 4).draws(20)) == [1, 5, 9, 13, 17]


def test_shares_are_even_to_one_trial() -> None:
    sizes = {len(Share(shard, 3).draws(20)) for shard in range(3)}

    assert sizes == {6, 7}


def test_a_replacement_belongs_to_no_share() -> None:
    assert not any(20 in Share(shard, 4).draws(20) for shard in range(4))
