"""The lock of migrations is the one that the rest of Rookery knows."""

from rookery_core.database.locks import lock_key as lock_key_of_core
from rookery_local.servers.tracking_server import MIGRATION_LOCK
from rookery_mlflow.database import LOCK, lock_key


def test_lock_is_the_one_of_the_local_stack() -> None:
    assert LOCK == MIGRATION_LOCK
    assert lock_key(LOCK) == lock_key_of_core(MIGRATION_LOCK)
