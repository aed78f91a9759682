"""A spec that is wrong is refused by the jobs themselves, before they look for any server."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from rookery_core.catalog import load_catalog
from rookery_local.ports import LOOPBACK, free_ports

INGEST = ("rookery_ingest", "run", "faulty")
TRAINER = ("rookery_trainer", "sweep", "faulty")
SECONDS = 60
SHIPPED = load_catalog()["species"].model_dump(mode="json") | {"name": "faulty"}
FAULTS: dict[str, dict[str, Any]] = {
    "colour: ": {"colour": "green"},
    "target: ": {"target": None},
    "features[1]: ": {"features": ["body_mass_g", "wingspan"]},
    "estimator: ": {"estimator": "oracle"},
    "trials: ": {"trials": 0},
}
"""By the path of the key that is wrong: what sets the spec apart from a good one (None: absent)."""


def failed(program: tuple[str, ...], specs: Path) -> list[dict[str, Any]]:
    """What the program says of itself where no server answers; it ends with 42."""
    nowhere, nothing = free_ports(2)
    done = subprocess.run(
        [sys.executable, "-m", *program],
        env={
            **os.environ,
            "ROOKERY_SPECS_DIRECTORY": str(specs),
            "ROOKERY_POSTGRES_HOST": LOOPBACK,
            "ROOKERY_POSTGRES_PORT": str(nowhere),
            "ROOKERY_POSTGRES_USER": "nobody",
            "ROOKERY_POSTGRES_PASSWORD": "none",
            "ROOKERY_MLFLOW_URL": f"http://{LOOPBACK}:{nothing}",
        },
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    assert done.returncode == 42, done.stderr
    return [json.loads(line) for line in done.stderr.splitlines()]


# All programs read specs by the same function: of the one that starts slowly, a sample will do.
@pytest.mark.parametrize(
    ("program", "path"), [*((INGEST, path) for path in FAULTS), (TRAINER, "features[1]: ")]
)
def test_a_wrong_spec_is_refused_with_the_path_of_its_key(
    tmp_path: Path, program: tuple[str, ...], path: str
) -> None:
    wrong = {key: value for key, value in (SHIPPED | FAULTS[path]).items() if value is not None}
    (tmp_path / "faulty.yaml").write_text(json.dumps(wrong))

    events = failed(program, tmp_path)

    # Had it looked for a server, it would have said that it waits.
    assert [event["event"] for event in events] == ["failed"]
    assert f"faulty.yaml is not a model spec: {path}" in events[0]["reason"]
