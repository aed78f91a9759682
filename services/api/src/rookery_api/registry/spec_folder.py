"""The folder of specs: a running process reads it again when something in it has changed."""

from collections.abc import Collection
from pathlib import Path

from rookery_core.spec.catalog import Catalog, Unreadable, load_catalog, spec_files

Fingerprint = tuple[tuple[str, tuple[int, ...] | str], ...]
"""Of each spec its name and, by the file system, its state; or why that is not known."""


class SpecFolder:
    """The catalog of a folder; the shipped specs alone where there is no folder.

    It knows nothing of the models `without`.
    """

    def __init__(self, directory: Path | None, without: Collection[str] = ()) -> None:
        self._directory = directory
        self._without = frozenset(without)
        self._seen: Fingerprint | None = None
        self._catalog = Catalog({})

    def at_start(self) -> Catalog:
        """Reads the catalog as far as it can be read: a process has to start with something."""
        try:
            return load_catalog(self._directory).without(self._without)
        except Unreadable:
            return load_catalog().without(self._without)

    def changed(self) -> Catalog | None:
        """Reads the catalog where it may have changed since the last call; None where it has not.

        Raises:
            Unreadable: the folder can't be listed, or had specs and is gone; the next call looks
                again.
        """
        seen = fingerprint(self._directory)
        if self._seen and self._directory and not self._directory.exists():
            raise Unreadable(f"the folder of specs {self._directory} is gone; bring it back")
        if seen == self._seen and not self._catalog.unreadable:
            return None
        # What a file meant when it was a spec, it means as long as it is there.
        catalog = load_catalog(self._directory, self._catalog.files)
        self._catalog = catalog.without(self._without)
        self._seen = seen
        return self._catalog


def fingerprint(directory: Path | None) -> Fingerprint:
    """Notes what tells that a spec came, went or changed; reading them all costs more.

    Raises:
        Unreadable: the folder can't be listed.
    """
    return tuple((path.name, _state(path)) for path in (spec_files(directory) if directory else ()))


def _state(path: Path) -> tuple[int, ...] | str:
    try:
        found = path.stat()
    except OSError as error:
        return str(error.strerror)
    return found.st_dev, found.st_ino, found.st_mtime_ns, found.st_ctime_ns, found.st_size
