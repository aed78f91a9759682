"""The share of a sweep that one of several pods does."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Share:
    """The share of shard `shard`, counted from 0, of `shards`."""

    shard: int
    shards: int

    def draws(self, trials: int) -> range:
        """Lists the first draws of its trials: each draw is in the share of one shard.

        A replacement is in no share: which draw takes which place is known only when all first
        draws are tried, to the process that concludes the sweep.
        """
        return range(self.shard, trials, self.shards)
