"""The users of MLflow's own authentication, kept in its database beside the runs."""

from collections.abc import Mapping

from mlflow.exceptions import MlflowException
from mlflow.server.auth.sqlalchemy_store import SqlAlchemyStore

from rookery_core.errors import RookeryError

RIGHTS: Mapping[str, Mapping[str, str]] = {
    "admin": {},
    "trainer": {"experiment": "MANAGE", "registered_model": "MANAGE"},
    # Everybody may read: `default_permission` of the server's auth.ini.
    "api": {},
    "notebook": {"experiment": "EDIT"},
}
"""By user, what they may do with every resource of a kind; the administrator may do all."""


def ensure_users(uri: str, passwords: Mapping[str, str]) -> None:
    """Makes each user, with its password and rights; to be called under the lock of migrations.

    It makes or migrates the tables of authentication first.

    Raises:
        RookeryError: a password is one that MLflow refuses.
    """
    store = SqlAlchemyStore()
    store.init_db(uri)
    try:
        for user, password in passwords.items():
            _ensure_user(store, user, password)
            for kind, permission in RIGHTS[user].items():
                store.grant_user_permission(user, kind, "*", permission)
    finally:
        store.engine.dispose()


def _ensure_user(store: SqlAlchemyStore, user: str, password: str) -> None:
    is_admin = user == "admin"
    try:
        if not store.has_user(user):
            store.create_user(user, password, is_admin=is_admin)
        elif not store.authenticate_user(user, password):
            store.update_user(user, password=password, is_admin=is_admin)
    except MlflowException as error:
        raise RookeryError(
            f"user {user!r}: {error.message}; change the Secret of MLflow's users"
        ) from None
