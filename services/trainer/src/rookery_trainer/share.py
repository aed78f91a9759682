"""The share of one of several pods in a sweep."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Share:
    """What shard `shard` of `shards`, counted from 0, does of a sweep."""

    shard: int
    shards: int

    def draws(self, trials: int) -> range:
        """The first draws of its trials: the shares of all shards are every draw, each once.

        A replacement belongs to no share: which draw takes which place is known when every first
        draw is, and that only whoever concludes the sweep can tell.
        """
        return range(self.shard, trials, self.shards)
