"""What a run measured: faults under load, seconds, memory. It is printed and kept as JSON."""

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field

from tests.e2e.support.load import Load
from tools.checkout import ROOT

FOLDER = ROOT / "dist" / "e2e"
MIB = 1024 * 1024


@dataclass(frozen=True)
class Fault:
    """One line of the table of faults."""

    fault: str
    requests: int
    failed: int
    longest_gap: float
    """Seconds without a prediction."""
    rate: float
    """Requests a second."""


@dataclass
class Measurements:
    """The figures of one run."""

    faults: list[Fault] = field(default_factory=list)
    seconds: dict[str, float] = field(default_factory=dict)
    memory: dict[str, int] = field(default_factory=dict)
    """Bytes that each pod has in use while the release is idle."""

    def took(self, what: str, seconds: float) -> None:
        """Adds how many seconds it took."""
        self.seconds[what] = round(seconds, 1)

    def add(self, fault: str, load: Load) -> None:
        """Adds a fault, and the load while it happened."""
        gap, rate = round(load.longest_gap, 2), round(load.rate, 1)
        self.faults.append(Fault(fault, len(load.answers), len(load.failures), gap, rate))

    def lines(self) -> Iterator[str]:
        """Returns the tables, for a terminal."""
        if self.faults:
            yield f"{'fault':44} {'requests':>8} {'failed':>6} {'longest gap':>11} {'rate':>6}"
        for each in self.faults:
            yield (
                f"{each.fault:44} {each.requests:8} {each.failed:6} "
                f"{each.longest_gap:9.2f} s {each.rate:4.0f}/s"
            )
        for what, seconds in self.seconds.items():
            yield f"{what:44} {seconds:8.1f} s"
        for pod, size in self.memory.items():
            yield f"{pod:44} {size / MIB:6.0f} MiB"
        if self.memory:
            yield f"{'idle, in all':44} {sum(self.memory.values()) / MIB:6.0f} MiB"

    def write(self) -> None:
        """Writes them to `dist/e2e/measurements.json`."""
        FOLDER.mkdir(parents=True, exist_ok=True)
        (FOLDER / "measurements.json").write_text(json.dumps(asdict(self), indent=2) + "\n")
