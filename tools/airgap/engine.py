"""The Docker engine: the one that answers, or one of our own with its own data root."""

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from tools.airgap import firewall, processes
from tools.airgap.machine import Machine
from tools.airgap.processes import PATIENCE, within
from tools.commands import output, succeeds
from tools.failure import ToolError

PACKAGES = {
    "docker": "docker.io",
    "dockerd": "docker.io",
    "runc": "runc",
    "iptables": "iptables",
}
RUNTIME = Path(__file__).parent / "runtime" / "runc_without_sys_resource.py"
KEPT_OF_BUILDS = "6GB"
SOCKET = Path("/var/run/docker.sock")
# Asked by its socket, because the client may be set to ask another engine.
ASK_OURS = ("docker", "--host", f"unix://{SOCKET}")
RUN = Path("/run/rookery-airgap")
PID_FILE = "dockerd.pid"


def answers() -> bool:
    """Tells whether a Docker engine answers the client of this machine."""
    return succeeds("docker", "version", "--format", "{{.Server.Version}}")


def ours_answers() -> bool:
    """Tells whether the engine that answers the client is one that this package started."""
    if processes.named(RUN / PID_FILE, "dockerd") is None or not answers():
        return False
    told = [output(*ask, "info", "--format", "{{.ID}}") for ask in (("docker",), ASK_OURS)]
    return told[0] == told[1]


@dataclass(frozen=True)
class Engine:
    """An engine of our own: `folder` holds its data, `run` what ends with it."""

    folder: Path
    machine: Machine
    run: Path = RUN

    @property
    def pid_file(self) -> Path:
        """Names the file with the engine's process id."""
        return self.run / PID_FILE

    @property
    def log(self) -> Path:
        """Names the file with the output of all the engine's starts."""
        return self.folder / "dockerd.log"

    def running(self) -> bool:
        """Tells whether our own engine runs."""
        return processes.named(self.pid_file, "dockerd") is not None

    def start(self) -> None:
        """Closes the way out, then starts the engine; it answers afterwards."""
        firewall.close(self.machine.uplinks)
        self.folder.mkdir(parents=True, exist_ok=True)
        self.run.mkdir(parents=True, exist_ok=True)
        # What a killed engine left would keep this one waiting, or be taken for it.
        self.stop()
        self._place_runtime()
        configuration = self.folder / "daemon.json"
        configuration.write_text(json.dumps(self.configuration(), indent=2))
        with self.log.open("ab") as log:
            process = subprocess.Popen(
                [program("dockerd"), "--config-file", configuration],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        if not within(PATIENCE, lambda: process.poll() is not None or answers()):
            raise ToolError(f"the engine does not answer; see {self.log}")
        if process.poll() is not None:
            raise ToolError(f"the engine ended at once:\n{_end_of(self.log)}")

    def stop(self) -> None:
        """Ends the engine and all its containers."""
        if self.running():
            for container in output(*ASK_OURS, "ps", "--quiet").split():
                output(*ASK_OURS, "kill", container)
        processes.end(self.pid_file, "dockerd")
        folder = self.run / "containerd"
        processes.end(folder / "containerd.pid", "containerd")
        processes.kill_containers(folder / "containerd.sock")

    def remove(self) -> None:
        """Ends the engine and deletes all of it; another engine is left as it is."""
        self.stop()
        firewall.open_again()
        for folder in (self.run, self.folder):
            _unmount_below(folder)
            shutil.rmtree(folder, ignore_errors=True)

    def configuration(self) -> dict[str, object]:
        """Returns the engine's own daemon.json; the machine's, if any, is not read."""
        chosen: dict[str, object] = {
            "data-root": str(self.folder / "data"),
            "exec-root": str(self.run),
            "pidfile": str(self.pid_file),
            "hosts": [f"unix://{SOCKET}"],
            "features": {"buildkit": True},
            "builder": {"gc": {"enabled": True, "defaultKeepStorage": KEPT_OF_BUILDS}},
        }
        if self.machine.lacks_sys_resource:
            chosen["runtimes"] = {RUNTIME.stem: {"path": str(self.runtime)}}
            chosen["default-runtime"] = RUNTIME.stem
        return chosen

    @property
    def runtime(self) -> Path:
        """Names the wrapped runtime: a copy, because an engine outlives a checkout."""
        return self.folder / RUNTIME.stem

    def _place_runtime(self) -> None:
        """Writes the runtime for this very Python, which looks for no packages at a start."""
        text = RUNTIME.read_text().partition("\n")[2]
        self.runtime.write_text(f"#!{Path(sys.executable).resolve()} -IS\n{text}")
        self.runtime.chmod(0o755)


def program(name: str) -> str:
    """Finds the program, also in the administrator's folders."""
    path = shutil.which(name, path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin")
    if path is None:
        raise ToolError(f"this machine has no {name}")
    return path


def _unmount_below(folder: Path) -> None:
    mounts = [line.split()[1] for line in Path("/proc/mounts").read_text().splitlines()]
    for mount in sorted(mounts, reverse=True):
        if mount.startswith(f"{folder}/"):
            output("umount", "--lazy", mount)


def _end_of(log: Path) -> str:
    return "\n".join(log.read_text(errors="replace").splitlines()[-15:])
