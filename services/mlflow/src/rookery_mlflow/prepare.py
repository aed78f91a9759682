"""What has to be true before an MLflow server starts."""

import time

import structlog
from sqlalchemy import make_url

from rookery_core.buckets import await_buckets
from rookery_core.database.locks import session_lock
from rookery_core.database.readiness import await_database
from rookery_core.waiting import Wait
from rookery_mlflow.database import MIGRATION_LOCK, migrate
from rookery_mlflow.settings import Settings


def prepare(settings: Settings) -> None:
    """Waits for the servers; makes the bucket, the database's schema and the users, if any.

    Safe to run twice, and twice at once.

    Raises:
        RookeryError: something of that is not there within the time, or is refused.
    """
    ends = time.monotonic() + settings.wait

    def rest() -> float:
        return max(0.0, ends - time.monotonic())

    address = make_url(settings.database_uri)
    await_buckets(settings.store, [settings.bucket], Wait(rest()))
    await_database(address, Wait(rest()), schema="public", right="CREATE")
    with session_lock(address, MIGRATION_LOCK, rest()):
        migrate(settings.database_uri)
        if settings.passwords:
            # Imported here: it takes seconds, and without authentication nobody needs it.
            from rookery_mlflow.users import ensure_users  # noqa: PLC0415

            ensure_users(settings.database_uri, settings.passwords)
    users = sorted(settings.passwords)
    structlog.get_logger().info("prepared", bucket=settings.bucket, users=users)
