"""What has to be true before an MLflow server starts."""

from rookery_mlflow.buckets import await_buckets
from rookery_mlflow.database import await_database, migrate, migration_lock
from rookery_mlflow.settings import Settings
from rookery_mlflow.waiting import Patience, event


def prepare(settings: Settings) -> None:
    """The database has this MLflow's schema, the buckets are there, and the users where asked for.

    Safe to run twice, and twice at once.

    Raises:
        Unready: that is not so within the time.
    """
    patience = Patience(settings.wait)
    await_buckets(settings.endpoint, settings.region, settings.buckets, patience)
    await_database(settings.database_uri, patience)
    with migration_lock(settings.database_uri, patience):
        migrate(settings.database_uri)
        if settings.passwords:
            # Seconds of imports that nobody waits for where MLflow asks for no user.
            from rookery_mlflow.users import ensure_users  # noqa: PLC0415

            ensure_users(settings.database_uri, settings.passwords)
    event("prepared", buckets=settings.buckets, users=sorted(settings.passwords))
