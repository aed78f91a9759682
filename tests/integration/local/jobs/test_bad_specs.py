"""Jobs refuse a wrong spec of their own model before they look for a server.

The jobs of other models, and the stack, work in spite of it.
"""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from tests.bad_specs import BAD_FILES
from tests.integration.local.support.command import Rookery

from rookery_core.spec.catalog import load_catalog
from rookery_local.process.ports import LOOPBACK, free_ports

INGEST = ("rookery_ingest", "run", "faulty")
TRAINER = ("rookery_trainer", "sweep", "faulty")
SECONDS = 300
SHIPPED = load_catalog()["species"].model_dump(mode="json") | {"name": "faulty"}
FAULTS: dict[str, dict[str, Any]] = {
    "colour: ": {"colour": "green"},
    "target: ": {"target": None},
    "features[1]: ": {"features": ["body_mass_g", "wingspan"]},
    "estimator: ": {"estimator": "oracle"},
    "trials: ": {"trials": 0},
}
"""By the path of the wrong key: how the spec differs from a good one (None: absent)."""


def failed(program: tuple[str, ...], specs: Path, code: int = 42) -> list[dict[str, Any]]:
    """Runs the program where no server answers; returns its events. It ends with that code."""
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
            "ROOKERY_INGEST_DATABASE_WAIT": "0",
            "ROOKERY_TRAINER_DATA_WAIT": "0",
            "ROOKERY_TRAINER_OUTAGE_WAIT": "0",
        },
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    assert done.returncode == code, done.stderr
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


@pytest.fixture
def crowd(tmp_path: Path) -> Path:
    """A folder with a good spec of `faulty`, in a file of another name, and with every bad file."""
    for number, (_, make_at) in enumerate(BAD_FILES.values()):
        make_at(tmp_path / f"bad-{number}.yaml")
    (tmp_path / "mine.yaml").write_text(json.dumps(SHIPPED))
    return tmp_path


@pytest.mark.parametrize("program", [INGEST, TRAINER])
def test_a_job_ignores_bad_specs_of_other_models(crowd: Path, program: tuple[str, ...]) -> None:
    (event,) = (each for each in failed(program, crowd, 1) if each["event"] == "failed")

    # It has got as far as the servers, which are not there.
    assert event["error"] in {"Unavailable", "NoData"}


@pytest.mark.parametrize("program", [INGEST, TRAINER, ("rookery_trainer", "rollback", "faulty")])
def test_a_job_of_a_model_with_two_specs_is_refused(
    tmp_path: Path, program: tuple[str, ...]
) -> None:
    for name in ("one", "two"):
        (tmp_path / f"{name}.yaml").write_text(json.dumps(SHIPPED))

    (event,) = failed(program, tmp_path)

    assert "two.yaml and one.yaml both name 'faulty'" in event["reason"]


def test_a_bad_spec_in_the_stack_affects_its_own_model_alone(rookery: Rookery) -> None:
    assert rookery.specs is not None
    bad = rookery.specs / "bad.yaml"
    rookery.run("ingest", "small")
    bad.write_text("name: [")
    try:
        rookery.run("down")
        for printed in (rookery.run("up", expect=42), rookery.run("status")):
            assert "spec_invalid" in printed
            assert "bad: bad.yaml is not YAML" in printed

        assert "promoted" in rookery.run("train", "small")
        assert rookery.run("predict", "small")
        for command in ("ingest", "train", "rollback", "predict", "retention"):
            assert "bad.yaml is not YAML" in rookery.run(command, "bad", expect=42), command
        cleaned = rookery.run("retention", "--min-age-days=0", expect=42)
        assert "bad.yaml is not YAML" in cleaned
        assert "small: sweep" in cleaned
    finally:
        bad.unlink()
