"""The bench of scale, small: every step is measured, and drawn."""

import json
import subprocess
import sys
from pathlib import Path

from tests.some import some

ROWS = 1_000
STEPS = ["ingest", "snapshot, first", "snapshot, later", "logistic_regression"]


def test_every_step_is_measured_and_drawn(tmp_path: Path) -> None:
    picture = tmp_path / "scale.png"
    command = [sys.executable, "-m", "tools.bench.scale", "--rows", str(ROWS)]
    options = ["--estimators", "logistic_regression", "--without-libraries"]

    done = subprocess.run(
        [*command, *options, "--picture", str(picture)],
        stdout=subprocess.PIPE,
        text=True,
        check=True,
        timeout=500,
    )

    found = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    assert [each["step"] for each in found] == STEPS
    for each in some(found):
        assert each["rows"] == ROWS
        assert 0 < each["cpu_seconds"] < 60
        assert each["extra_mb"] >= 0
    assert picture.read_bytes().startswith(b"\x89PNG")
