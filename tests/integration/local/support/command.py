"""The `rookery` command as a person runs it, on a state folder of its own."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from rookery_local.folder.home import Home
from rookery_local.folder.lock import holder
from rookery_local.process.ports import LOOPBACK, free_ports
from rookery_local.stack.leftovers import marked

SECONDS = 560


@dataclass(frozen=True)
class Rookery:
    """One state folder, with ports that no other stack of this machine has."""

    home: Home
    specs: Path | None = None
    ports: tuple[int, ...] = field(default_factory=lambda: free_ports(3))

    def argv(self, *arguments: str) -> list[str]:
        """Makes the command line of a command."""
        specs = ["--specs", str(self.specs)] if self.specs else []
        whole = [sys.executable, "-m", "rookery_local", "--home", str(self.home.root), *specs]
        starts = arguments[0] == "up" or (arguments[0] == "demo" and holder(self.home.lock) is None)
        if starts:
            arguments += ("--api-port", str(self.ports[0]), "--mlflow-port", str(self.ports[1]))
            arguments += ("--management-port", str(self.ports[2]))
        return [*whole, *arguments]

    def run(self, *arguments: str, expect: int = 0) -> str:
        """Runs the command to the expected exit code; returns what it printed."""
        environment = {name: value for name, value in os.environ.items() if name != "CI"}
        done = subprocess.run(
            self.argv(*arguments),
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=False,
            env=environment,
            stdin=subprocess.DEVNULL,
        )
        assert done.returncode == expect, f"{done.returncode}: {done.stdout}\n{done.stderr}"
        return done.stdout + done.stderr

    def start(self, *arguments: str) -> "subprocess.Popen[bytes]":
        """Starts the command."""
        return subprocess.Popen(
            self.argv(*arguments), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )

    def up(self, *ports: str) -> "subprocess.Popen[str]":
        """Starts a stack on ports of its own choice, but for those that are given."""
        program = [sys.executable, "-m", "rookery_local", "--home", str(self.home.root)]
        return subprocess.Popen(
            [*program, "up", *ports], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )

    @property
    def api_url(self) -> str:
        """The address of the API."""
        return f"http://{LOOPBACK}:{self.ports[0]}"

    @property
    def mlflow_url(self) -> str:
        """The address of MLflow."""
        return f"http://{LOOPBACK}:{self.ports[1]}"

    @property
    def management_url(self) -> str:
        """The address of the API's metrics and health."""
        return f"http://{LOOPBACK}:{self.ports[2]}"

    @property
    def processes(self) -> list[psutil.Process]:
        """All processes of the stack, and those that they started."""
        roots = marked(self.home.root)
        below = [child for each in roots for child in each.children(recursive=True)]
        return list({*roots, *below})

    @property
    def supervisor(self) -> psutil.Process:
        """The supervisor of the stack."""
        found = holder(self.home.lock)
        assert found is not None
        return psutil.Process(found.pid)

    def abandon(self) -> list[psutil.Process]:
        """Kills supervisor and reaper in one instant; returns the processes that they leave."""
        supervisor = self.supervisor
        (reaper,) = (
            each
            for each in supervisor.children()
            if each.cmdline()[1:3] == ["-m", "rookery_local.stack.reaper"]
        )
        left = [each for each in self.processes if each not in (reaper, supervisor)]
        for each in (reaper, supervisor):
            each.suspend()
        for each in (reaper, supervisor):
            each.kill()
        psutil.wait_procs([reaper, supervisor])
        return [each for each in left if each.is_running()]

    @property
    def is_gone(self) -> bool:
        """Says whether nothing of the stack runs and its lock is free."""
        return not marked(self.home.root) and holder(self.home.lock) is None

    def part(self, name: str) -> psutil.Process:
        """Finds the process of a part: the oldest one of its name."""
        pattern = {"api": "rookery_api", "object-store": "weed"}.get(name, name)
        found = [
            process
            for process in marked(self.home.root)
            if re.search(rf"(^|[/ ]){pattern}( |$)", " ".join(process.cmdline()[:3]))
        ]
        return min(found, key=lambda process: process.create_time())


@contextmanager
def ended_rookery(folder: Path) -> Iterator[Rookery]:
    """Gives the block a state folder in `folder`; afterwards nothing of its stack runs."""
    made = Rookery(Home(folder / "state"))
    yield made
    made.run("down")
    assert made.is_gone
