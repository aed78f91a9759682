"""The notebook, executed top to bottom by a kernel of its own, on the real stack."""

import json
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient
from tests.integration.api.processes import ApiProcess
from tests.integration.trainer.sweepers import Task, run

from rookery_core.catalog import load_catalog
from rookery_core.distributions import RandInt
from rookery_core.settings import S3Settings
from rookery_core.spec import ModelSpec
from rookery_ingest.ingest import ingest
from rookery_ingest.settings import IngestSettings
from rookery_local.postgres import Postgres
from rookery_local.settings_environment import environment_of
from rookery_local.tracking import Tracking

NOTEBOOK = Path(__file__).parents[3] / "notebooks" / "penguins_experiments.ipynb"


@pytest.fixture
def specs(tmp_path: Path) -> Path:
    """A folder with the species spec, its forests small."""
    spec = load_catalog()["species"]
    small = RandInt(distribution="randint", low=5, high=40)
    quick = spec.model_copy(update={"search_space": {**spec.search_space, "n_estimators": small}})
    (tmp_path / "specs").mkdir()
    text = json.dumps(quick.model_dump(mode="json"))
    (tmp_path / "specs" / "species.yaml").write_text(text)
    return tmp_path / "specs"


@pytest.fixture
def species(postgres: Postgres, tracking: Tracking, specs: Path, tmp_path: Path) -> ModelSpec:
    """The species model, ingested and with a champion."""
    spec = load_catalog(specs)["species"]
    ingest(spec, postgres.settings("ingest"), S3Settings(), IngestSettings())
    task = Task(
        postgres.settings("trainer"), tracking.settings, spec, "first", tmp_path / "sweep.log"
    )
    assert run(task) == 0, task.log.read_text()
    return spec


@pytest.fixture
def api(tracking: Tracking, specs: Path, tmp_path: Path) -> Iterator[str]:
    """The address of an API of these specs."""
    with ApiProcess(tmp_path, tracking.settings, specs) as process:
        yield process.url


@pytest.fixture
def environment(postgres: Postgres, tracking: Tracking, specs: Path, api: str) -> dict[str, str]:
    """Where the notebook connects, and as whom."""
    return {
        **environment_of(postgres.settings("notebook")),
        **environment_of(tracking.settings),
        "ROOKERY_SPECS_DIRECTORY": str(specs),
        "ROOKERY_API_URL": api,
    }


def test_the_notebook_runs_from_top_to_bottom(
    species: ModelSpec, environment: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    notebook = nbformat.read(NOTEBOOK, as_version=4)

    NotebookClient(notebook, timeout=300, kernel_name="python3").execute()

    text = nbformat.writes(notebook)
    assert "20/20" in text
    assert "committed" in text


def test_the_notebook_is_committed_without_outputs() -> None:
    cells = nbformat.read(NOTEBOOK, as_version=4).cells

    code = [cell for cell in cells if cell.cell_type == "code"]

    assert code
    assert all(cell.execution_count is None and not cell.outputs for cell in code)
