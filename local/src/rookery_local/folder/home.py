"""The state folder: everything the local stack leaves on disk is in here."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rookery_core.errors import Refused

DEFAULT = Path(".rookery")
VARIABLE = "ROOKERY_HOME"
MARK = "ROOKERY_STACK"
"""The variable that names the state folder of the stack a process belongs to."""


class Home:
    """The paths of one stack. Nothing is made before `prepare`."""

    def __init__(self, root: Path) -> None:
        self.root = root.resolve()

    @property
    def logs(self) -> Path:
        """The folder of one log per part and job."""
        return self.root / "logs"

    @property
    def lock(self) -> Path:
        """Held by whoever runs the stack."""
        return self.root / "lock"

    @property
    def data_lock(self) -> Path:
        """Held by every server of the stack that has data here, for as long as it lives."""
        return self.root / "data.lock"

    @property
    def credentials(self) -> Path:
        """The generated passwords and keys, for their owner's eyes."""
        return self.root / "credentials.json"

    @property
    def addresses(self) -> Path:
        """The ports of the last start, which the next one takes again where it can."""
        return self.root / "addresses.json"

    @property
    def exit_report(self) -> Path:
        """Why the last stack ended by itself; absent where it did not."""
        return self.root / "obituary.txt"

    @property
    def temporary(self) -> Path:
        """The programs' folder for temporary files."""
        return self.root / "tmp"

    @property
    def mark(self) -> dict[str, str]:
        """What every process of the stack carries in its environment."""
        return {MARK: str(self.root)}

    def part(self, name: str) -> Path:
        """The folder of a part's data."""
        return self.root / name

    def log(self, name: str) -> Path:
        """The log of a part, or of the last job of a name."""
        return self.logs / f"{name}.log"

    def make(self) -> None:
        """The folder is there; where it was before, it is as it was.

        Raises:
            Refused: where it cannot be made.
        """
        with self._usable():
            self.root.mkdir(mode=0o700, parents=True, exist_ok=True)

    def prepare(self) -> None:
        """The folder and its inner ones exist, closed to others and ignored by git.

        Raises:
            Refused: where the folder cannot be made or written to.
        """
        self.make()
        with self._usable():
            # Root's folder is open for passing through: PostgreSQL runs as somebody else.
            self.root.chmod(0o711 if os.geteuid() == 0 else 0o700)
            for folder in (self.logs, self.temporary):
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
