"""The trainer's commands as a Job runs them: as processes, with settings in the environment."""

import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from rookery_core.spec.model_spec import ModelSpec
from rookery_core.waiting import Wait, poll_until
from rookery_local.process.settings_environment import environment_of
from rookery_local.stack.stack import Stack
from rookery_trainer.retention.settings import MlflowPostgresSettings

SECONDS = 500
"""How long a command may take."""


@dataclass(frozen=True)
class Job:
    """A command that was started."""

    process: "subprocess.Popen[str]"
    log: Path

    def finish(self) -> int:
        """Waits for its end; returns the exit code."""
        return self.process.wait(SECONDS)

    def events(self, name: str) -> list[dict[str, object]]:
        """Reads its events of that name so far."""
        said = self.log.read_text().splitlines(keepends=True)
        lines = [line for line in said if line.startswith("{") and line.endswith("\n")]
        return [event for event in map(json.loads, lines) if event["event"] == name]

    def await_event(self, name: str) -> None:
        """Waits until it has written that event."""
        poll_until(
            lambda: self.events(name) or None,
            Wait(SECONDS, 0.05),
            lambda: f"no event {name!r} among {self.log.read_text()}",
        )


@dataclass(frozen=True)
class Jobs:
    """Runs commands as the trainer of a stack, which may not be up, with specs of their own."""

    stack: Stack
    folder: Path
    elsewhere: Mapping[str, str] = field(default_factory=dict)
    """Variables that win over those of the stack."""

    def add_spec(self, spec: ModelSpec) -> None:
        """Adds the spec to the catalog."""
        (self.folder / "specs").mkdir(exist_ok=True)
        text = json.dumps(spec.model_dump(mode="json"))
        (self.folder / "specs" / f"{spec.name}.yaml").write_text(text)

    @contextmanager
    def start(self, *arguments: str, **settings: str) -> Iterator[Job]:
        """Runs the command with these of the trainer's settings; ends it with the block."""
        log = self.folder / f"{len(list(self.folder.iterdir()))}.log"
        environment = {
            **self.stack.environment,
            **self._environment(),
            **self.elsewhere,
            **{f"ROOKERY_TRAINER_{name.upper()}": value for name, value in settings.items()},
        }
        with log.open("w") as out:
            command = [sys.executable, "-m", "rookery_trainer", *arguments]
            process = subprocess.Popen(
                command, stdout=out, stderr=subprocess.STDOUT, text=True, env=environment
            )
        try:
            yield Job(process, log)
        finally:
            process.kill()
            process.wait()

    def run(self, *arguments: str, **settings: str) -> Job:
        """Runs the command to its end."""
        with self.start(*arguments, **settings) as job:
            job.finish()
        return job

    def _environment(self) -> dict[str, str]:
        mlflow = MlflowPostgresSettings(**dict(self.stack.postgres.settings("mlflow")))
        return {
            **environment_of(self.stack.postgres.settings("trainer")),
            **environment_of(self.stack.tracking.settings),
            **environment_of(mlflow),
            **environment_of(self.stack.object_store.settings),
            "ROOKERY_SPECS_DIRECTORY": str(self.folder / "specs"),
            "ROOKERY_RETENTION_ARTIFACTS": self.stack.tracking.artifacts,
        }
