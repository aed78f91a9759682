"""A folder that servers share, and the launchers that were started on it."""

import json
import os
import signal
import subprocess
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tools.harness.polling import eventually

SECONDS = 60.0
"""Far more than anything here takes."""
WAITING = "waiting for the volume"
TAKEN = "the volume is taken"


@dataclass
class Launched:
    """One launcher, or what became of it."""

    process: "subprocess.Popen[bytes]"
    log: Path

    def events(self, name: str = "") -> list[dict[str, Any]]:
        """What it said, as far as it is JSON: the events of that name."""
        lines = [line for line in self.log.read_text().splitlines() if line.startswith("{")]
        found: list[dict[str, Any]] = [json.loads(line) for line in lines]
        return [each for each in found if not name or each["event"] == name]

    def said(self, name: str, times: int = 1) -> dict[str, Any]:
        """The last event of that name, once there are so many of it."""
        eventually(lambda: len(self.events(name)) >= times)
        return self.events(name)[-1]

    def kill(self) -> None:
        """It is gone, with all that is of its process group."""
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(SECONDS)

    def wait(self) -> int:
        """What it ended with."""
        return self.process.wait(SECONDS)


@dataclass
class Volume:
    """A volume; every launcher on it is one that `end` ends."""

    launcher: Path
    folder: Path
    launched: list[Launched] = field(default_factory=list)

    @property
    def lock(self) -> Path:
        """The file that names the holder."""
        return self.folder / ".rookery.lock"

    def start(self, *arguments: str | Path, before: tuple[str, ...] = ()) -> Launched:
        """The launcher with these arguments, running; `before` is what it is run by."""
        log = self.folder.parent / f"log-{len(self.launched)}"
        argv = [*before, str(self.launcher), *map(str, arguments)]
        with log.open("wb") as sink:
            process = subprocess.Popen(argv, stdout=sink, stderr=sink, start_new_session=True)
        self.launched.append(Launched(process, log))
        return self.launched[-1]

    def run(self, *command: str | Path, before: tuple[str, ...] = ()) -> Launched:
        """A command that is to hold the volume."""
        return self.start("run", "--volume", self.folder, "--", *command, before=before)

    def hold(self, *command: str) -> Launched:
        """A command that holds the volume: by default one that only sleeps."""
        made = self.run(*(command or ("sleep", "600")))
        made.said(TAKEN)
        return made

    def end(self) -> None:
        """Nothing that was started runs any more."""
        for each in self.launched:
            each.kill()
