"""The operating system account that PostgreSQL runs as: it refuses to run as root."""

import os
import pwd
from dataclasses import dataclass
from pathlib import Path

from rookery_core.errors import Refused

_CANDIDATES = ("postgres", "nobody")


@dataclass(frozen=True)
class Account:
    """An unprivileged account that exists on this machine."""

    name: str
    uid: int
    gid: int

    def own(self, path: Path) -> None:
        """The account owns `path`."""
        os.chown(path, self.uid, self.gid)

    def demand_reach(self, path: Path, remedy: str) -> None:
        """Every folder above `path`, and `path`, lets the account through.

        Raises:
            Refused: for the first folder that does not.
        """
        absolute = path.resolve()
        for folder in (*reversed(absolute.parents), absolute):
            if not self._may_enter(folder):
                raise Refused(
                    f"account {self.name!r}, which PostgreSQL runs as where we are root, "
                    f"cannot enter {folder}; {remedy}"
                )

    def _may_enter(self, folder: Path) -> bool:
        status = folder.stat()
        if status.st_uid == self.uid:
            return bool(status.st_mode & 0o100)
        if status.st_gid == self.gid:
            return bool(status.st_mode & 0o010)
        return bool(status.st_mode & 0o001)


def unprivileged_account() -> Account | None:
    """The account to drop to where this process is root; None where it is not.

    Raises:
        Refused: where we are root and no such account exists.
    """
    if os.geteuid() != 0:
        return None
    for name in _CANDIDATES:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(name, entry.pw_uid, entry.pw_gid)
    raise Refused(
        f"PostgreSQL cannot run as root and none of the accounts {', '.join(_CANDIDATES)} exists; "
        "run as an ordinary user"
    )
