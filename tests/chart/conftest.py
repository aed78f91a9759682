"""The chart under Helm 4 for every test, under Helm 3 for those that compare."""

import os
import shutil
import sys
from pathlib import Path

import pytest
from tests.chart.chart import Chart

BESIDE_PYTHON = Path(sys.executable).parent


def binary(command: str) -> Path:
    """The Helm of `make .venv/helm`, or that of the PATH."""
    path = f"{BESIDE_PYTHON}{os.pathsep}{os.environ['PATH']}"
    found = shutil.which(command, path=path)
    if found is None:
        pytest.fail(f"no {command}: run `make .venv/helm`, or put one into the PATH")
    return Path(found)


@pytest.fixture(scope="session")
def chart(tmp_path_factory: pytest.TempPathFactory) -> Chart:
    """The chart under Helm 4."""
    return Chart(binary("helm"), tmp_path_factory.mktemp("helm"))


@pytest.fixture(scope="session")
def chart_of_helm3(tmp_path_factory: pytest.TempPathFactory) -> Chart:
    """The chart under Helm 3."""
    return Chart(binary("helm3"), tmp_path_factory.mktemp("helm3"))
