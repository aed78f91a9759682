"""`.ci/run`, where `make`, `docker` and `python3` only note how they were called."""

import shutil
import subprocess
from pathlib import Path

import pytest
from tests.some import some

CHECKOUT = Path(__file__).parents[2]
PARTS = ["demo ARGS=--once", "check", "test", "airgap", "e2e"]


def run(folder: Path, *, fails: str = "", engine: bool = True) -> tuple[int, list[str], list[str]]:
    """Runs it; returns its exit code, what it printed, and the calls of its programs."""
    script, programs, calls = folder / ".ci" / "run", folder / "programs", folder / "calls"
    script.parent.mkdir()
    programs.mkdir()
    shutil.copy(CHECKOUT / ".ci" / "run", script)
    for name, line in {
        "make": f'[ "$1" != "{fails}" ] || exit 2',
        "docker": f"exit {0 if engine else 1}",
        "python3": "",
    }.items():
        program = programs / name
        program.write_text(f'#!/bin/sh\necho "{name} $*" >> "{calls}"\n{line}\n')
        program.chmod(0o755)
    done = subprocess.run(
        [script],
        env={"PATH": f"{programs}:/usr/bin:/bin"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    return done.returncode, done.stdout.splitlines(), calls.read_text().splitlines()


def test_the_gate_ends_with_the_seconds_of_each_part(tmp_path: Path) -> None:
    code, said, _ = run(tmp_path)

    assert code == 0
    assert [line.split(" s  ")[1] for line in said] == [
        *(f"make {part}" for part in PARTS),
        "altogether",
    ]
    assert all(line.split(" s  ")[0].strip().isdigit() for line in some(said))


def test_a_part_that_fails_is_named_and_ends_the_gate(tmp_path: Path) -> None:
    code, said, _ = run(tmp_path, fails="test")

    assert code == 2
    assert [line.split(" s  ")[1] for line in said] == [
        *(f"make {part}" for part in PARTS[:2]),
        "make test (failed)",
        "altogether",
    ]


@pytest.mark.parametrize("fails", ["", "e2e"])
@pytest.mark.parametrize("engine", [True, False])
def test_the_engine_ends_with_the_gate_that_started_it(
    tmp_path: Path, fails: str, engine: bool
) -> None:
    _, _, calls = run(tmp_path, fails=fails, engine=engine)

    assert ("python3 -m tools.airgap stop" in calls) is not engine
