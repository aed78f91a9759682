"""The state folder: it holds everything that the embedded stack writes to disk."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rookery_core.errors import Refused

DEFAULT = Path(".rookery")
VARIABLE = "ROOKERY_HOME"
MARK = "ROOKERY_STACK"
"""The environment variable that tells to which state folder's stack a process belongs."""


def default_home() -> Path:
    """Returns the state folder that is meant if a person names none."""
    return Path(os.environ.get(VARIABLE) or DEFAULT)


class Home:
    """The paths of one stack. Creating this object makes nothing on disk."""

    def __init__(self, root: Path) -> None:
        self.root = root.resolve()

    @property
    def logs(self) -> Path:
        """The folder of logs: one for each part and each job."""
        return self.root / "logs"

    @property
    def lock(self) -> Path:
        """The lock that the process running the stack holds."""
        return self.root / "lock"

    @property
    def data_lock(self) -> Path:
        """The lock that each server with data in this folder holds as long as it lives."""
        return self.root / "data.lock"

    @property
    def credentials(self) -> Path:
        """The generated passwords and keys, readable by their owner alone."""
        return self.root / "credentials.json"

    @property
    def addresses(self) -> Path:
        """The ports of the last start; the next start uses them again if they are free."""
        return self.root / "addresses.json"

    @property
    def exit_report(self) -> Path:
        """Why the last stack ended by itself; absent if it did not."""
        return self.root / "obituary.txt"

    @property
    def temporary(self) -> Path:
        """The folder for temporary files of the programs."""
        return self.root / "tmp"

    @property
    def specs(self) -> Path:
        """The folder of specs that a stack serves if a person names no other."""
        return self.root / "specs"

    @property
    def mark(self) -> dict[str, str]:
        """The variable that every process of the stack has in its environment."""
        return {MARK: str(self.root)}

    def part(self, name: str) -> Path:
        """Names the folder of a part's data."""
        return self.root / name

    def log(self, name: str) -> Path:
        """Names the log of a part, or of the last job of that name."""
        return self.logs / f"{name}.log"

    @property
    def frames(self) -> Path:
        """The folder of the frames that were given from Python, each as a file."""
        return self.root / "frames"

    def run_lock(self, model: str) -> Path:
        """Names the lock that a `rookery run` of the model holds."""
        return self.root / "runs" / f"{model}.lock"

    def make(self) -> None:
        """Makes the folder; leaves it as it is if it exists.

        Raises:
            Refused: it cannot be made.
        """
        with self._usable():
            self.root.mkdir(mode=0o700, parents=True, exist_ok=True)

    def prepare(self) -> None:
        """Makes the folder and the folders in it, closed to other users and ignored by git.

        Raises:
            Refused: the folder cannot be made or written to.
        """
        self.make()
        with self._usable():
            # As root, other users may pass through the folder: PostgreSQL runs as another user.
            self.root.chmod(0o711 if os.geteuid() == 0 else 0o700)
            for folder in (self.logs, self.temporary, self.specs):
                folder.mkdir(mode=0o700, exist_ok=True)
            (self.root / ".gitignore").write_text("*\n")

    @contextmanager
    def _usable(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise Refused(
                f"the state folder {self.root} cannot be used: {error.strerror}; "
                f"choose another one with --home or {VARIABLE}"
            ) from None
