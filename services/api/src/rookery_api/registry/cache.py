"""The disk cache: the champions' bundles, so that a restart serves while the registry is away.

    DIRECTORY/bundles/<SHA-256 of the manifest>/{manifest.json,model.onnx}
    DIRECTORY/champions/<model>.json        which bundle, as which version
    DIRECTORY/lock                          held by who writes, of whichever process

Bundles and champions come into being by a rename, so a reader never sees half of one. What is
read is verified again, digests and golden predictions: a damaged file is as good as none.
"""

import fcntl
import json
import os
import shutil
import tempfile
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path

from pydantic import ValidationError

from rookery_api.base.cards import VersionCard
from rookery_core.errors import Refused
from rookery_core.frozen import Frozen
from rookery_core.manifest import MANIFEST_FILE, MODEL_FILE
from rookery_runtime.bundle import Bundle, open_bundle, open_manifest


class CachedChampion(Frozen):
    """What the registry said of a model when its champion was last loaded."""

    version: str
    run_id: str
    manifest_sha256: str
    aliases: dict[str, str]
    history: list[VersionCard]


class Cache:
    """A folder, also one of several processes; that it is unusable is the caller's to report."""

    def __init__(self, directory: Path, max_bytes: int, max_model_bytes: int) -> None:
        self._directory = directory
        self._bundles = directory / "bundles"
        self._champions = directory / "champions"
        self._max_bytes = max_bytes
        self._max_model_bytes = max_model_bytes

    def read(self, model: str) -> tuple[CachedChampion, Bundle] | None:
        """Reads the model's champion as it was last stored; None where none was.

        Raises:
            Refused: for files that are damaged.
        """
        pointer_file = self._champions / f"{model}.json"
        try:
            pointer = CachedChampion.model_validate_json(pointer_file.read_bytes())
            folder = self._bundles / pointer.manifest_sha256
            manifest_json = (folder / MANIFEST_FILE).read_bytes()
            model_file = (folder / MODEL_FILE).read_bytes()
        except FileNotFoundError:
            return None
        except (OSError, ValidationError) as error:
            raise Refused(f"the cache of {model!r} is damaged: {type(error).__name__}") from error
        manifest = open_manifest(
            model, manifest_json, pointer.manifest_sha256, self._max_model_bytes
        )
        return pointer, open_bundle(manifest, manifest_json, model_file)

    def write(self, model: str, pointer: CachedChampion, bundle: Bundle | None) -> None:
        """Stores the champion; without a bundle, one that the cache already holds.

        Raises:
            OSError: where the folder cannot be written.
        """
        for needed in (self._bundles, self._champions):
            needed.mkdir(parents=True, exist_ok=True)
        with self._writing():
            folder = self._bundles / pointer.manifest_sha256
            if bundle is not None and not self._holds(folder, bundle):
                self._write_bundle(folder, bundle)
            _write_durably(self._champions / f"{model}.json", pointer.model_dump_json().encode())
            self._prune()

    def forget(self, model: str) -> None:
        """Removes the champion of `model`, and all its bundles."""
        (self._champions / f"{model}.json").unlink(missing_ok=True)
        self.drop_gone(model, frozenset())

    def drop_gone(self, model: str, registered: Collection[str]) -> None:
        """Removes the bundles of earlier champions that the registry no longer has.

        Args:
            registered: the SHA-256 of the manifests of all versions of the model.
        """
        if not self._bundles.is_dir():
            return
        with self._writing():
            for folder in self._spare():
                if folder.name not in registered and _model_of(folder) in (model, None):
                    shutil.rmtree(folder)

    @contextmanager
    def _writing(self) -> Iterator[None]:
        """Lets one write at a time: tidying up must not meet a bundle that is half written."""
        descriptor = os.open(self._directory / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield
        finally:
            os.close(descriptor)

    def _holds(self, folder: Path, bundle: Bundle) -> bool:
        try:
            return (folder / MODEL_FILE).read_bytes() == bundle.model and (
                folder / MANIFEST_FILE
            ).read_bytes() == bundle.manifest_json
        except FileNotFoundError:
            return False

    def _write_bundle(self, folder: Path, bundle: Bundle) -> None:
        fresh = Path(tempfile.mkdtemp(prefix=".new-", dir=self._bundles))
        try:
            _write_durably(fresh / MANIFEST_FILE, bundle.manifest_json)
            _write_durably(fresh / MODEL_FILE, bundle.model)
            if folder.exists():
                folder.rename(fresh / "damaged")
            fresh.rename(folder)
        finally:
            shutil.rmtree(fresh, ignore_errors=True)
            shutil.rmtree(folder / "damaged", ignore_errors=True)

    def _prune(self) -> None:
        """Bundles that no champion names go, the oldest first, until the rest fits."""
        spare = sorted(self._spare(), key=lambda folder: folder.stat().st_mtime, reverse=True)
        kept = 0
        for folder in spare:
            kept += sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())
            if kept > self._max_bytes or folder.name.startswith(".new-"):
                shutil.rmtree(folder)

    def _spare(self) -> list[Path]:
        """Lists the bundles that no champion names."""
        named = set()
        for pointer_file in self._champions.glob("*.json"):
            try:
                pointer = CachedChampion.model_validate_json(pointer_file.read_bytes())
            except ValidationError:
                pointer_file.unlink()
            else:
                named.add(pointer.manifest_sha256)
        return [folder for folder in self._bundles.iterdir() if folder.name not in named]


def _model_of(folder: Path) -> str | None:
    """Reads whose bundle it is; None where that cannot be read, so that it is of use to nobody."""
    try:
        contract = json.loads((folder / MANIFEST_FILE).read_bytes())["contract"]
        return str(contract["model"])
    except (OSError, ValueError, LookupError, TypeError):
        return None


def _write_durably(path: Path, content: bytes) -> None:
    """Writes `content`; `path` holds it or what it held before, even after a power failure."""
    handle, name = tempfile.mkstemp(prefix=".new-", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(path)
    except OSError:
        Path(name).unlink(missing_ok=True)
        raise
