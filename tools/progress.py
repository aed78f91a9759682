"""What a person sees while the work goes on, and the times at the end."""

import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TextIO

HEARTBEAT = 30.0
WORK = 1.0


@dataclass
class Progress:
    """Names each step, shows that it is alive, says how long it took."""

    log: Path
    out: TextIO = field(default_factory=lambda: sys.stdout)
    times: list[tuple[str, float]] = field(default_factory=list)

    def say(self, text: str) -> None:
        """Writes a line on the terminal, at once."""
        self.out.write(f"{text}\n")
        self.out.flush()

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Announces the work within, shows each half minute that it goes on, keeps its time."""
        start = time.monotonic()
        self.say(f"▸ {name}")
        done = threading.Event()
        beat = threading.Thread(target=self._beat, args=(done, start), daemon=True)
        beat.start()
        try:
            yield
        finally:
            done.set()
            beat.join()
        self.times.append((name, time.monotonic() - start))
        self.say(f"  done in {self.times[-1][1]:.1f} s")

    def table(self) -> str:
        """Lists the steps that took a second or more, and the sum of all."""
        rows = [(name, seconds) for name, seconds in self.times if seconds >= WORK]
        rows.append(("altogether", sum(seconds for _, seconds in self.times)))
        return "\n".join(f"  {seconds:7.1f} s  {name}" for name, seconds in rows)

    def _beat(self, done: threading.Event, start: float) -> None:
        while not done.wait(HEARTBEAT):
            self.say(f"  {time.monotonic() - start:4.0f} s  {_last_line(self.log)}")


def _last_line(log: Path) -> str:
    if not log.exists():
        return ""
    with log.open("rb") as source:
        source.seek(max(0, log.stat().st_size - 400))
        lines = source.read().decode(errors="replace").strip().splitlines()
    return lines[-1][-100:] if lines else ""
