"""Soft delete: moves a whole sweep into MLflow's trash, so that nobody finds half of one."""

from collections.abc import Callable
from functools import partial

from mlflow import MlflowClient
from mlflow.exceptions import MlflowException
from mlflow.protos.databricks_pb2 import RESOURCE_DOES_NOT_EXIST, ErrorCode

from rookery_trainer.locks.lock import HeldLock
from rookery_trainer.retention.plan import Removal, Stays
from rookery_trainer.tracking.client import Retrying
from rookery_trainer.tracking.model_registry import ModelRegistry


def soft_delete(
    client: MlflowClient, lock: HeldLock, registry: ModelRegistry, removal: Removal
) -> None:
    """Deletes the sweep's versions, and moves its runs and logged models into the trash.

    MLflow deletes a version's alias with it, without a warning: so aliases are checked last here.

    Raises:
        Stays: one of the versions has an alias now; nothing was done.
    """
    lock.require()
    named = {number: alias for alias, number in registry.aliases().items()}
    for number in removal.versions:
        if number in named:
            raise Stays(f"version {number} has become {named[number]!r} meanwhile")
    delete = partial(_delete, lock, registry.retrying)
    for number in removal.versions:
        delete(partial(client.delete_model_version, registry.model, str(number)))
    for model in removal.logged_models:
        if not model.deleted:
            delete(partial(client.delete_logged_model, model.model_id))
    for run in removal.runs:
        if not run.deleted:
            delete(partial(client.delete_run, run.run_id))


def _delete(lock: HeldLock, retrying: Retrying, request: Callable[[], object]) -> None:
    """Sends a request to delete; the lock is held just before it is sent."""

    def fenced() -> None:
        lock.require()
        try:
            request()
        except MlflowException as error:
            # Gone already: an earlier request succeeded, and its response was lost.
            if error.error_code != ErrorCode.Name(RESOURCE_DOES_NOT_EXIST):
                raise

    retrying.run(fenced)
