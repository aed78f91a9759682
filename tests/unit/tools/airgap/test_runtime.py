import json
import os
import subprocess
from pathlib import Path

import pytest
from tools.airgap.engine import RUNTIME
from tools.airgap.runtime.runc_without_sys_resource import specifications, without_capability

CAPABILITIES = ["CAP_CHOWN", "CAP_SYS_RESOURCE"]


def test_the_capability_goes_from_every_set_of_a_container() -> None:
    sets = {"bounding": CAPABILITIES, "effective": CAPABILITIES, "ambient": None}

    changed = without_capability({"process": {"capabilities": dict(sets)}, "root": {"path": "r"}})

    assert changed["process"]["capabilities"] == {
        "bounding": ["CAP_CHOWN"],
        "effective": ["CAP_CHOWN"],
        "ambient": [],
    }
    assert changed["root"] == {"path": "r"}


def test_a_process_file_has_no_process_around_it() -> None:
    changed = without_capability({"args": ["sh"], "capabilities": {"bounding": CAPABILITIES}})

    assert changed["capabilities"] == {"bounding": ["CAP_CHOWN"]}


def test_a_process_without_capabilities_stays_as_it_is() -> None:
    assert without_capability({"process": {"args": []}}) == {"process": {"args": []}}


@pytest.mark.parametrize(
    ("arguments", "file"),
    [
        (["--root", "/r", "create", "--bundle", "/b", "id"], "/b/config.json"),
        (["run", "-b", "/b", "id"], "/b/config.json"),
        (["create", "--bundle=/b", "id"], "/b/config.json"),
        (["exec", "--process", "/p.json", "id"], "/p.json"),
        (["exec", "-p", "/p.json", "--detach", "id"], "/p.json"),
    ],
)
def test_the_file_of_each_call_is_found(arguments: list[str], file: str) -> None:
    assert specifications(arguments) == [Path(file)]


def test_other_calls_have_no_file() -> None:
    assert specifications(["--root", "/r", "delete", "--force", "id"]) == []


def test_runc_gets_the_same_arguments_and_a_changed_file(tmp_path: Path) -> None:
    config = tmp_path / "config.json"
    config.write_text(json.dumps({"process": {"capabilities": {"bounding": CAPABILITIES}}}))
    runc = tmp_path / "runc"
    runc.write_text('#!/bin/sh\necho "$@"\ncat "$3/config.json"\n')
    runc.chmod(0o755)

    done = subprocess.run(
        [RUNTIME, "create", "--bundle", tmp_path, "some-id"],
        env={**os.environ, "PATH": f"{tmp_path}:{os.environ['PATH']}"},
        capture_output=True,
        text=True,
        check=True,
    )

    called, config_seen = done.stdout.splitlines()
    assert called == f"create --bundle {tmp_path} some-id"
    assert json.loads(config_seen) == {"process": {"capabilities": {"bounding": ["CAP_CHOWN"]}}}
