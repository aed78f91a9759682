"""The stream of a source: a spec's address becomes blocks of bytes, bounded in size and time."""

import hashlib
import re
from collections.abc import Iterator
from contextlib import closing
from importlib.resources import files
from pathlib import Path
from typing import Protocol
from urllib.parse import unquote

from rookery_core.errors import Refused
from rookery_core.settings import S3Settings
from rookery_core.spec.source import Source
from rookery_core.waiting import Wait
from rookery_ingest.source.addresses import listed
from rookery_ingest.source.prefetch import prefetched
from rookery_ingest.source.redaction import redacted
from rookery_ingest.source.settings import SourceSettings

BLOCK_BYTES = 512 * 1024


class SourceStream(Protocol):
    """What a source brings, once."""

    name: str
    size: int

    @property
    def digest(self) -> str:
        """Returns the SHA-256 of what was read so far."""
        ...

    def blocks(self) -> Iterator[bytes]:
        """Yields it, some at a time."""
        ...


class Stream:
    """Reads a source once, block by block."""

    def __init__(self, source: Source, settings: SourceSettings, store: S3Settings) -> None:
        self.name = redacted(source.url)
        """The address without user, password and query, which may be secret."""
        self.size = 0
        """Bytes read so far."""
        self._source = source
        self._settings = settings
        self._store = store
        self._digest = hashlib.sha256()

    def blocks(self) -> Iterator[bytes]:
        """Yields the source's bytes. Once all are read, their hash is the one that the spec pins.

        Raises:
            Refused: it is not there, too large, or not what the spec's sha256 says.
            Unavailable: it failed, hung, or ended before its announced length.
        """
        opened = _opened(self._source.url, self._settings, self._store)
        idle, whole = self._settings.source_idle_seconds, self._settings.source_seconds
        first = self._settings.first_connection_seconds if _is_remote(self._source.url) else 0.0
        with closing(prefetched(opened, self.name, idle, whole, first)) as blocks:
            for block in blocks:
                self.size += len(block)
                if self.size > self._source.max_bytes:
                    raise Refused(
                        f"{self.name} holds more than {self._source.max_bytes} bytes; "
                        "raise the spec's source.max_bytes if it should"
                    )
                self._digest.update(block)
                yield block
        pinned = self._source.sha256
        if pinned is not None and pinned != self.digest:
            raise Refused(
                f"{self.name} has SHA-256 {self.digest}, the spec pins {pinned}; "
                "nothing was loaded; fetch the right file or pin the new content"
            )

    @property
    def digest(self) -> str:
        """Returns the SHA-256 of the bytes read so far."""
        return self._digest.hexdigest()


def _is_remote(url: str) -> bool:
    return not url.startswith(("file:", "package:"))


def _opened(url: str, settings: SourceSettings, store: S3Settings) -> Iterator[bytes]:
    scheme, _, rest = url.partition(":")
    if scheme == "file":
        return _file(_path(url))
    if scheme == "package":
        return _packaged(rest)
    first_connection = Wait(settings.first_connection_seconds)
    idle = settings.source_idle_seconds
    if scheme == "s3":
        # boto3 takes a third of a second to import.
        from rookery_ingest.source.object_store import s3_blocks  # noqa: PLC0415

        return s3_blocks(url, store, idle, first_connection, BLOCK_BYTES)
    from rookery_ingest.source.web import http_blocks  # noqa: PLC0415

    allowed = listed(settings.source_allowed)
    return http_blocks(url, allowed, idle, first_connection, BLOCK_BYTES)


def _path(url: str) -> Path:
    rest = url.removeprefix("file:")
    if not rest.startswith("//"):
        return Path(rest)
    host, slash, path = rest.removeprefix("//").partition("/")
    if host not in {"", "localhost"}:
        raise Refused(f"{url} names the host {host!r}; write file:///PATH for this one")
    # In an address, what follows `?` or `#` is not part of the path.
    return Path(unquote(slash + re.split(r"[?#]", path, maxsplit=1)[0]))


def _file(path: Path) -> Iterator[bytes]:
    if not path.is_file():
        raise Refused(f"{path} is not a file here; correct the spec's source.url or mount it")
    try:
        with path.open("rb") as file:
            while block := file.read(BLOCK_BYTES):
                yield block
    except PermissionError as error:
        raise Refused(f"{path} may not be read: {error.strerror}; give read permission") from None


def _packaged(name: str) -> Iterator[bytes]:
    shipped = {entry.name: entry for entry in files("rookery_core").joinpath("data").iterdir()}
    if name not in shipped:
        raise Refused(f"no file {name!r} ships with Rookery; there are {sorted(shipped)}")
    with shipped[name].open("rb") as file:
        while block := file.read(BLOCK_BYTES):
            yield block
