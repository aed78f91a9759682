"""The budget of a graph: what one batch of the most rows may take, known before it runs."""

from dataclasses import dataclass, field

from rookery_core.errors import Refused

MAX_ROWS = 1000
"""The most rows of one batch, where a process does not say otherwise."""
BATCH_BYTES = 256 * 1024 * 1024
"""The most that the tensors of a batch may hold at one time."""
BATCH_STEPS = 40_000_000_000
"""The most multiplications, comparisons and the like of a batch: some tens of seconds."""


@dataclass
class Budget:
    """What a batch of `rows` rows takes so far."""

    rows: int
    steps: int = 0
    held: int = 0
    """Bytes of the tensors that a later node still reads."""
    peak: int = 0
    """The most that was held."""
    loading: int = 0
    """Bytes that the runtime needs for the graph while it loads it, beside the file itself."""
    times: int = field(default=1, repr=False)
    """How often the graph at hand runs in a batch: once, or once a row within a Scan."""

    def spend(self, steps: int) -> None:
        """Counts the steps of a node.

        Raises:
            Refused: where the batch takes more than it may.
        """
        self.steps += steps * self.times
        if self.steps > BATCH_STEPS:
            raise Refused(
                f"the model takes more than {BATCH_STEPS:.0e} steps for {self.rows} rows; "
                "train a smaller one"
            )

    def hold(self, size: int) -> None:
        """Counts `size` bytes more that are held; negative where they are let go.

        Raises:
            Refused: where the batch holds more than it may.
        """
        self.held += size
        self.peak = max(self.peak, self.held)
        if self.peak > BATCH_BYTES:
            raise Refused(
                f"the model's tensors take more than {BATCH_BYTES >> 20} MiB for {self.rows} rows; "
                "train a smaller one"
            )
