"""The wheels, installed into an environment of their own, without a checkout."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from tests.some import some
from tools.checkout import ROOT
from tools.wheels import UV, build

PACKAGES = sorted(
    path.parent.name for path in ROOT.glob("*/**/src/*/__init__.py") if ".venv" not in path.parts
)


@pytest.fixture(scope="module")
def wheels(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the wheels of all members and their constraints."""
    folder = tmp_path_factory.mktemp("wheels")
    build(folder)
    return folder


@pytest.fixture(scope="module")
def environment(wheels: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An environment with the wheels, and what they depend on at the locked versions."""
    folder = tmp_path_factory.mktemp("environment")
    subprocess.run([UV, "venv", "--quiet", "--python", sys.executable, folder], check=True)
    install: list[str | Path] = [UV, "pip", "install", "--quiet"]
    install += ["--python", folder / "bin" / "python", "--constraint", wheels / "constraints.txt"]
    subprocess.run([*install, *sorted(wheels.glob("*.whl"))], check=True)
    return folder


def ran(environment: Path, folder: Path, program: str, *arguments: str) -> str:
    """Runs the environment's program in the folder to its good end; returns what it printed."""
    done = subprocess.run(
        [environment / "bin" / program, *arguments],
        cwd=folder,
        env={"PATH": os.environ["PATH"], "HOME": str(folder)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_every_member_has_one_wheel_and_a_second_build_replaces_it(wheels: Path) -> None:
    stale = wheels / "rookery_core-0.0.0-py3-none-any.whl"
    stale.touch()

    build(wheels)

    names = [path.name.partition("-")[0] for path in sorted(wheels.glob("*.whl"))]
    assert names == [
        f"rookery_{each}"
        for each in some(("api", "core", "ingest", "local", "mlflow", "runtime", "trainer"))
    ]


def test_the_command_works_in_any_folder(environment: Path, tmp_path: Path) -> None:
    assert "ingest" in ran(environment, tmp_path, "rookery", "--help")
    assert "nothing was up" in ran(environment, tmp_path, "rookery", "down")


def test_a_table_gets_a_spec_that_is_checked_in_any_folder(
    environment: Path, tmp_path: Path
) -> None:
    rows = [f"{number * 1.37 % 50:.2f},{'yes' if number % 3 else 'no'}" for number in range(90)]
    (tmp_path / "churn.csv").write_text("\n".join(["minutes,churn", *rows]) + "\n")

    ran(environment, tmp_path, "rookery", "init", "churn.csv", "--target", "churn")
    checked = ran(environment, tmp_path, "rookery", "check", "churn.yaml", "--data", "churn.csv")

    assert "90" in checked


def test_every_package_is_imported_from_the_wheels(environment: Path, tmp_path: Path) -> None:
    names = some(PACKAGES)
    lines = [f"import {name}; print({name}.__file__)" for name in names]
    program = "\n".join(lines)

    found = ran(environment, tmp_path, "python", "-c", program)

    assert len(found.split()) == len(names)
    for path in some(found.split()):
        assert Path(path).is_relative_to(environment)


def test_specs_data_and_the_page_are_in_the_wheels(environment: Path, tmp_path: Path) -> None:
    program = """
from importlib.resources import files
from rookery_core.spec.catalog import load_catalog
for spec in load_catalog().values():
    name = spec.source.url.removeprefix("package:")
    assert files("rookery_core").joinpath("data", name).is_file()
    print(spec.name)
for path in files("rookery_api").joinpath("page").iterdir():
    print(path.name)
"""
    printed = ran(environment, tmp_path, "python", "-c", program).split()

    shipped = [path.name for path in (ROOT / "services/api/src/rookery_api/page").iterdir()]
    assert {"species", "sex", "index.html"} <= set(printed)
    assert {name for name in some(shipped) if name != "__pycache__"} <= set(printed)
