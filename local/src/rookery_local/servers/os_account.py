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
    # Without it, access(2) ignores the capability for users other than root; initdb uses access(2).
    "--securebits=+no_setuid_fixup",
    "--inh-caps=+dac_override",
    "--ambient-caps=+dac_override",
)
"""Options of setpriv that let a program pass folders which are closed to its account."""


@dataclass(frozen=True)
class OsAccount:
    """An unprivileged account that exists on this machine."""

    name: str
    uid: int
    gid: int

    def own(self, path: Path) -> None:
        """Makes the account the owner of `path`."""
        os.chown(path, self.uid, self.gid)

    def command(self, argv: Sequence[str], *paths: Path) -> list[str]:
        """Makes the command that runs `argv` as this account, able to reach `paths`.

        If a folder above one of the paths is closed to the account, the program keeps the one
        capability that passes it; the mode of the folder is not changed.

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
        """Says whether the account may pass `path` and every folder above it."""
        absolute = path.resolve()
        return all(self._may_enter(folder) for folder in (*absolute.parents, absolute))

    def _may_enter(self, folder: Path) -> bool:
        status = folder.stat()
        if status.st_uid == self.uid:
            return bool(status.st_mode & 0o100)
        if status.st_gid == self.gid:
            return bool(status.st_mode & 0o010)
        return bool(status.st_mode & 0o001)


def require_name(uid: int) -> None:
    """Checks that the user id has a name, without which PostgreSQL makes no data folder.

    Raises:
        Refused: it has none, as in a container that runs as any id.
    """
    try:
        pwd.getpwuid(uid)
    except KeyError:
        raise Refused(
            f"the user id {uid} has no entry in /etc/passwd, and PostgreSQL needs its name; run as "
            f"a user that has one, or add the line 'rookery:x:{uid}:0::/tmp:/bin/sh' to that file"
        ) from None


def unprivileged_account() -> OsAccount | None:
    """Finds the account for PostgreSQL if this process is root; None if it is not root.

    Raises:
        Refused: this process is root and there is no such account.
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
