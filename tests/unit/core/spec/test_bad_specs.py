"""A file that is no spec is a fault of the model that it means, and of no other."""

import json
import os
import resource
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from tests.bad_specs import BAD_FILES, MODEL, changed

from rookery_core.errors import Refused
from rookery_core.spec.catalog import Unreadable, load_catalog
from rookery_core.spec.spec_yaml import MAX_SENTENCE


@pytest.mark.parametrize(("said", "make"), BAD_FILES.values(), ids=BAD_FILES)
def test_a_file_that_is_no_spec_is_a_fault_of_its_model_alone(
    tmp_path: Path, document: dict[str, Any], said: str, make: Callable[[Path], object]
) -> None:
    (tmp_path / "iris.yaml").write_text(yaml.safe_dump(document))
    make(tmp_path / f"{MODEL}.yaml")
    before = resource.getrusage(resource.RUSAGE_SELF)

    catalog = load_catalog(tmp_path)

    after = resource.getrusage(resource.RUSAGE_SELF)
    assert sorted(catalog) == ["iris", "sex", "species"]
    (model,) = catalog.faults
    assert model in {MODEL, "quarantine"}
    assert said in str(catalog.faults[model])
    assert len(str(catalog.faults[model])) < MAX_SENTENCE + 100
    assert catalog.spec("iris").name == "iris"
    with pytest.raises(Refused, match=rf"{tmp_path}/{MODEL}\.yaml"):
        catalog.spec(model)
    assert after.ru_utime - before.ru_utime < 10
    assert after.ru_maxrss - before.ru_maxrss < 200 * 1024


def test_a_broken_spec_is_not_replaced_by_the_shipped_one(tmp_path: Path) -> None:
    (tmp_path / "sex.yaml").write_text("name: [")
    (tmp_path / "other.yaml").write_text(changed(name="species", estimator="magic_forest"))

    catalog = load_catalog(tmp_path)

    assert list(catalog) == []
    assert "sex.yaml is not YAML" in str(catalog.faults["sex"])
    assert "other.yaml is not a model spec: estimator" in str(catalog.faults["species"])


@pytest.mark.parametrize("third", [False, True])
def test_two_files_of_one_name_are_a_fault_of_that_name(
    tmp_path: Path, document: dict[str, Any], third: bool
) -> None:
    for name in ("a.yaml", "b.yaml", *(["c.yaml"] if third else [])):
        (tmp_path / name).write_text(yaml.safe_dump(document))

    catalog = load_catalog(tmp_path)

    assert sorted(catalog) == ["sex", "species"]
    assert str(catalog.faults["iris"]) == "b.yaml and a.yaml both name 'iris'; rename one"


@pytest.mark.parametrize(("good", "bad"), [("a.yaml", "iris.yaml"), ("z.yaml", "iris.yaml")])
def test_a_good_and_a_bad_file_of_one_name_are_a_fault(
    tmp_path: Path, document: dict[str, Any], good: str, bad: str
) -> None:
    (tmp_path / good).write_text(yaml.safe_dump(document))
    (tmp_path / bad).write_text("name: [")

    catalog = load_catalog(tmp_path)

    assert sorted(catalog) == ["sex", "species"]
    assert "iris.yaml is not YAML" in str(catalog.faults["iris"])


@pytest.mark.parametrize("name", [b"No Model.yaml", b"UPPER.yaml", b"\xff.yaml", b"-.yaml"])
def test_a_file_that_can_mean_no_model_is_told_and_is_a_fault_of_none(
    tmp_path: Path, name: bytes
) -> None:
    (tmp_path / os.fsdecode(name)).write_text("name: [")

    catalog = load_catalog(tmp_path)

    assert sorted(catalog) == catalog.models == ["sex", "species"]
    (stray,) = catalog.strays
    assert json.loads(json.dumps(str(stray)).encode()) == str(stray)
    with pytest.raises(Refused, match="is not YAML"):
        catalog.spec("model")


def test_hidden_files_and_others_are_no_specs(tmp_path: Path) -> None:
    (tmp_path / ".#wine.yaml").symlink_to("someone@somewhere")
    (tmp_path / ".yaml").write_text("name: [")
    (tmp_path / "wine.yaml.orig").write_text("name: [")
    (tmp_path / "wine.yml~").write_text("name: [")

    catalog = load_catalog(tmp_path)

    assert (catalog.models, catalog.strays) == (["sex", "species"], ())


def test_a_folder_that_cannot_be_listed_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    with pytest.raises(Unreadable, match=f"folder of specs {tmp_path}/file cannot be read"):
        load_catalog(tmp_path / "file")


def test_no_folder_has_no_specs(tmp_path: Path) -> None:
    assert load_catalog(tmp_path / "nowhere").models == ["sex", "species"]


@pytest.mark.parametrize("closed", ["file", "folder"])
def test_what_may_not_be_read_is_told(tmp_path: Path, closed: str) -> None:
    (tmp_path / "bad.yaml").write_text(changed())
    (tmp_path / "bad.yaml").chmod(0 if closed == "file" else 0o644)
    tmp_path.chmod(0o300 if closed == "folder" else 0o755)
    # Root may read everything; without the capability that lets it, it is as anybody.
    program = (
        "from pathlib import Path; import ctypes\n"
        "from rookery_core.spec.catalog import load_catalog\n"
        "ctypes.CDLL(None).capset((ctypes.c_uint32 * 2)(0x20080522, 0), bytes(24))\n"
        "catalog = load_catalog(Path('.'))\n"
        "print(sorted(catalog), catalog.faults['bad'], catalog.unreadable)"
    )

    done = subprocess.run(
        [sys.executable, "-c", program], cwd=tmp_path, capture_output=True, text=True, check=False
    )

    if closed == "file":
        assert "Permission denied" in done.stdout, done.stderr
        assert done.stdout.startswith("['sex', 'species'] bad.yaml cannot be read as a spec: ")
        assert done.stdout.endswith("True\n")
    else:
        assert "Unreadable: the folder of specs . cannot be read: Permission" in done.stderr
