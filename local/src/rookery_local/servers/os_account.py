"""The operating system account that PostgreSQL runs as: it refuses to run as root."""

import os
import pwd
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from rookery_core.errors import Refused

_CANDIDATES = ("postgres", "nobody")
_PASS_FOLDERS = (
    # Without it, access(2) takes the capability from whoever is not root, and initdb asks that way.
    "--securebits=+no_setuid_fixup",
    "--inh-caps=+dac_override",
    "--ambient-caps=+dac_override",
)
"""Lets a program through folders that are closed to its account."""


@dataclass(frozen=True)
class OsAccount:
    """An unprivileged account that exists on this machine."""

    name: str
    uid: int
    gid: int

    def own(self, path: Path) -> None:
        """The account owns `path`."""
        os.chown(path, self.uid, self.gid)

    def command(self, argv: Sequence[str], *paths: Path) -> list[str]:
        """The command that runs `argv` as this account, with `paths` in its reach.

        Where a folder above one of them is closed to the account, the program keeps the one
        capability that passes it, and the folder keeps its mode.

        Raises:
            Refused: setpriv is not installed.
        """
        setpriv = shutil.which("setpriv")
        if setpriv is None:
            raise Refused(
                "PostgreSQL cannot run as root and setpriv is not installed; install util-linux, "
                "or run as an ordinary user"
            )
        passes = () if all(map(self.reaches, paths)) else _PASS_FOLDERS
        who = (f"--reuid={self.uid}", f"--regid={self.gid}", "--clear-groups")
        return [setpriv, *who, *passes, *argv]

    def reaches(self, path: Path) -> bool:
        """Whether `path` and every folder above it let the account through."""
        absolute = path.resolve()
        return all(self._may_enter(folder) for folder in (*absolute.parents, absolute))

    def _may_enter(self, folder: Path) -> bool:
        status = folder.stat()
        if status.st_uid == self.uid:
            return bool(status.st_mode & 0o100)
        if status.st_gid == self.gid:
            return bool(status.st_mode & 0o010)
        return bool(status.st_mode & 0o001)


def unprivileged_account() -> OsAccount | None:
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
        return OsAccount(name, entry.pw_uid, entry.pw_gid)
    raise Refused(
        f"PostgreSQL cannot run as root and none of the accounts {', '.join(_CANDIDATES)} exists; "
        "run as an ordinary user"
    )
