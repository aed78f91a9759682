"""A stack of one's own: real servers that may be stopped and started again."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rookery_core.database.names import LOGIN_ROLES
from rookery_ingest.bootstrap.bootstrap import bootstrap
from rookery_local.folder import credentials
from rookery_local.folder.home import Home
from rookery_local.stack import addresses
from rookery_local.stack.addresses import RequestedPorts
from rookery_local.stack.reaper import Reaper
from rookery_local.stack.stack import Stack


@contextmanager
def own_stack(folder: Path) -> Iterator[Stack]:
    """Runs PostgreSQL, the object store and MLflow in `folder`, without the API."""
    with stack_to_be(folder) as stack:
        stack.object_store.start()
        stack.postgres.start()
        make_roles(stack)
        stack.tracking.start()
        yield stack


@contextmanager
def stack_to_be(folder: Path) -> Iterator[Stack]:
    """Makes a stack of which nothing runs yet; stops what was started of it."""
    home = Home(folder)
    home.prepare()
    reaper = Reaper(home)
    stack = Stack(home, credentials.make(), addresses.choose(None, RequestedPorts(), None))
    try:
        yield stack
    finally:
        stack.stop()
        reaper.dismiss()


def make_roles(stack: Stack) -> None:
    """Makes all databases, roles, schemas and the ledger."""
    roles = {role: stack.postgres.settings(role).password for role in LOGIN_ROLES}
    bootstrap(stack.postgres.admin, roles)
