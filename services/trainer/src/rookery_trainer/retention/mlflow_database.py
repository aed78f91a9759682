"""MLflow's database: finds what MLflow's API does not show, and removes rows for good."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager

from sqlalchemy import Connection, column, create_engine, delete, select, table
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

from rookery_core.database.connection import database_url
from rookery_core.database.names import MLFLOW
from rookery_core.errors import Refused, Unavailable
from rookery_core.lasting_failure import is_lasting
from rookery_core.settings import PostgresSettings
from rookery_trainer.retention.plan import Stays, StoredModel, StoredRun

_MODELS = table(
    "logged_models",
    column("model_id"),
    column("experiment_id"),
    column("source_run_id"),
    column("lifecycle_stage"),
    column("artifact_location"),
)
_VERSIONS = table(
    "model_versions", column("name"), column("run_id"), column("source"), column("current_stage")
)
_OF_MODEL = ("logged_model_metrics", "logged_model_params", "logged_model_tags")
_OF_RUN = ("metrics", "latest_metrics", "params", "tags")
_GONE = "Deleted_Internal"
"""MLflow's stage of a version that was deleted; its row stays."""


class MlflowDatabase:
    """MLflow's database, as MLflow's own role; where it is away, `Unavailable` is raised."""

    def __init__(self, settings: PostgresSettings) -> None:
        self._engine = create_engine(database_url(settings, MLFLOW), poolclass=NullPool)

    def logged_models(self, experiment_id: str) -> tuple[StoredModel, ...]:
        """Reads the logged models of the experiment's runs, those in the trash too."""
        statement = select(_MODELS).where(
            _MODELS.c.experiment_id == int(experiment_id), _MODELS.c.source_run_id.is_not(None)
        )
        with _reached(self._engine.connect) as connection:
            return tuple(
                StoredModel(
                    row.model_id,
                    row.source_run_id,
                    row.lifecycle_stage == "deleted",
                    row.artifact_location,
                )
                for row in connection.execute(statement)
            )

    def named_elsewhere(self, model: str) -> frozenset[str]:
        """Reads the runs and logged models that versions of other registered models come from."""
        statement = select(_VERSIONS.c.run_id, _VERSIONS.c.source).where(
            _VERSIONS.c.name != model, _VERSIONS.c.current_stage != _GONE
        )
        with _reached(self._engine.connect) as connection:
            rows = connection.execute(statement).all()
        # A source is `models:/<logged model>`, or an address with the run's or the model's id.
        parts = [part for row in rows for part in (row.run_id, *(row.source or "").split("/"))]
        return frozenset(part for part in parts if part)

    def remove(self, models: Iterable[StoredModel], runs: Iterable[StoredRun]) -> None:
        """Removes the rows of these models and runs if they are in the trash, and no other row.

        `mlflow gc` cannot do that: whatever ids it gets, it also removes every experiment and every
        logged model in the trash, and it looks at no registered model.

        Raises:
            Stays: one of them is not in the trash any more; nothing was removed.
        """
        with _reached(self._engine.begin) as connection:
            # Models first: their metrics refer to runs.
            for model in models:
                _remove(connection, "logged_models", _OF_MODEL, "model_id", model.model_id)
            for run in runs:
                _remove(connection, "runs", _OF_RUN, "run_uuid", run.run_id)


@contextmanager
def _reached(connect: Callable[[], AbstractContextManager[Connection]]) -> Iterator[Connection]:
    """Puts errors of the database into words."""
    try:
        with connect() as connection:
            yield connection
    except DBAPIError as error:
        if is_lasting(error):
            raise Refused(
                f"MLflow's database refuses a statement ({str(error.orig).strip()}); see that "
                "ROOKERY_MLFLOW_POSTGRES_* name MLflow's own role, and that MLflow is of the "
                "version that this release knows"
            ) from error
        raise Unavailable(
            f"MLflow's database fails ({str(error.orig).strip()}); see that it is up and that "
            "ROOKERY_MLFLOW_POSTGRES_* name MLflow's own role, then run the job again"
        ) from error


def _remove(
    connection: Connection, kind: str, parts: Iterable[str], key: str, identity: str
) -> None:
    for part in parts:
        connection.execute(delete(table(part, column(key))).where(column(key) == identity))
    trash = table(kind, column(key), column("lifecycle_stage"))
    gone = connection.execute(
        delete(trash).where(trash.c[key] == identity, trash.c.lifecycle_stage == "deleted")
    )
    if gone.rowcount != 1:
        raise Stays(f"{identity} is not in MLflow's trash any more; somebody restored it")
