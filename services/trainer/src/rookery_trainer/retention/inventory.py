"""The inventory of a model: its versions, runs, logged models, and the folders of its objects."""

from functools import partial

from mlflow import MlflowClient
from mlflow.entities import Run, ViewType

from rookery_core.registry_names import TAG_DATA_DIGEST, TAG_SWEEP
from rookery_trainer.promotion.reconciliation import State
from rookery_trainer.retention.mlflow_database import MlflowDatabase
from rookery_trainer.retention.plan import Facts, Removal, RowsRead, StoredRun
from rookery_trainer.tracking.artifact_address import artifact_path
from rookery_trainer.tracking.client import Retrying, all_pages
from rookery_trainer.tracking.model_registry import ModelRegistry
from rookery_trainer.tracking.sweep_runs import TAG_WATERMARK


def facts(
    client: MlflowClient,
    database: MlflowDatabase,
    registry: ModelRegistry,
    experiment_id: str,
    state: State,
) -> Facts:
    """Collects what there is of the model, in MLflow's trash too."""
    return Facts(
        experiment_id=experiment_id,
        versions=state.versions,
        aliases=state.aliases,
        entries=state.entries,
        desired=state.desired,
        runs=_runs(client, registry.retrying, experiment_id),
        logged_models=database.logged_models(experiment_id),
        named_elsewhere=database.named_elsewhere(registry.model),
    )


def folders(removal: Removal) -> list[str]:
    """Lists the folders of the sweep's objects; the plan has checked their addresses."""
    addresses = [run.artifacts for run in removal.runs]
    addresses += [model.artifacts for model in removal.logged_models]
    paths = [artifact_path(address) for address in addresses]
    return [path.removesuffix("artifacts") for path in paths if path]


def _runs(client: MlflowClient, retrying: Retrying, experiment_id: str) -> tuple[StoredRun, ...]:
    search = partial(
        client.search_runs, [experiment_id], run_view_type=ViewType.ALL, max_results=1000
    )
    found = all_pages(lambda token: retrying.run(partial(search, page_token=token)))
    return tuple(_sweep_run(run) for run in found if TAG_SWEEP in run.data.tags)


def _sweep_run(run: Run) -> StoredRun:
    info, tags = run.info, run.data.tags
    watermark = tags.get(TAG_WATERMARK)
    return StoredRun(
        run_id=info.run_id,
        sweep_id=tags[TAG_SWEEP],
        running=info.status in ("RUNNING", "SCHEDULED"),
        deleted=info.lifecycle_stage == "deleted",
        last_seen=info.end_time or info.start_time,
        artifacts=info.artifact_uri,
        inputs=RowsRead(int(watermark), tags.get(TAG_DATA_DIGEST)) if watermark else None,
    )
