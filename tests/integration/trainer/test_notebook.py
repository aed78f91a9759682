"""The notebook, executed top to bottom by a kernel of its own, on the real stack."""

import json
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest
from mlflow import MlflowClient
from nbclient import NotebookClient
from tests.integration.trainer.support.sweep_processes import Task, run
from tools.harness.api_process import ApiProcess

from rookery_core.settings import S3Settings
from rookery_core.spec.catalog import load_catalog
from rookery_core.spec.distributions import RandInt
from rookery_core.spec.model_spec import ModelSpec
from rookery_ingest.ingest import ingest
from rookery_ingest.settings import IngestSettings
from rookery_local.process.settings_environment import environment_of
from rookery_local.servers.postgres import Postgres
from rookery_local.servers.tracking_server import TrackingServer
from rookery_trainer.tracking.logged_models import READY

PICTURES = 5
"""Histograms, scatter plots, the search, the confusion matrix, the answered masses."""
KEY = "the-key-of-the-notebook"
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
def species(postgres: Postgres, tracking: TrackingServer, specs: Path, tmp_path: Path) -> ModelSpec:
    """The species model, ingested and with a champion."""
    spec = load_catalog(specs)["species"]
    ingest(spec, postgres.settings("ingest"), S3Settings(), IngestSettings())
    task = Task(
        postgres.settings("trainer"), tracking.settings, spec, "first", tmp_path / "sweep.log"
    )
    assert run(task) == 0, task.log.read_text()
    return spec


@pytest.fixture
def api(tracking: TrackingServer, specs: Path, tmp_path: Path) -> Iterator[str]:
    """The address of an API of these specs, which asks for a key."""
    with ApiProcess(tmp_path, tracking.settings, specs, api_key=KEY) as process:
        yield process.url


@pytest.fixture
def environment(
    postgres: Postgres, tracking: TrackingServer, specs: Path, api: str
) -> dict[str, str]:
    """Where the notebook connects, and as whom."""
    return {
        **environment_of(postgres.settings("notebook")),
        **environment_of(tracking.settings),
        "ROOKERY_SPECS_DIRECTORY": str(specs),
        "ROOKERY_API_URL": api,
        "ROOKERY_API_API_KEY": KEY,
    }


def ready_models(client: MlflowClient, experiment: str) -> int:
    """Counts the experiment's logged models; all must be complete."""
    found = client.get_experiment_by_name(experiment)
    assert found is not None
    models = client.search_logged_models([found.experiment_id])
    assert {str(model.status) for model in models} == {READY}
    return len({model.source_run_id for model in models})


def outputs(notebook: nbformat.NotebookNode) -> list[dict[str, object]]:
    """Collects what the cells show, each by media type."""
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    return [output["data"] for cell in cells for output in cell.outputs if "data" in output]


def test_the_notebook_runs_from_top_to_bottom(
    species: ModelSpec,
    environment: dict[str, str],
    mlflow_client: MlflowClient,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    notebook = nbformat.read(NOTEBOOK, as_version=4)

    NotebookClient(notebook, timeout=300, kernel_name="python3").execute()

    text = nbformat.writes(notebook)
    assert "20/20" in text
    assert "committed" in text
    assert ready_models(mlflow_client, f"{species.name}-notebook") == species.trials
    shown = outputs(notebook)
    assert len([kinds for kinds in shown if "image/png" in kinds]) >= PICTURES
    (answer,) = (kinds["text/plain"] for kinds in shown if "probabilities" in str(kinds))
    assert "'class': 'Gentoo'" in str(answer)
    (errors,) = (kinds["text/plain"] for kinds in shown if "rmse" in str(kinds))
    assert all(name in str(errors) for name in ("hist_gradient_boosting", "xgboost", "ridge"))


def test_the_notebook_is_committed_without_outputs() -> None:
    cells = nbformat.read(NOTEBOOK, as_version=4).cells

    code = [cell for cell in cells if cell.cell_type == "code"]

    assert code
    assert all(cell.execution_count is None and not cell.outputs for cell in code)
