"""Objects below one address of an object store: written, read, counted, and removed for good."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from rookery_core.connection_failure import FIRST_CONNECTION_SECONDS, is_connection_failure
from rookery_core.errors import Unavailable
from rookery_core.object_store import s3_client
from rookery_core.settings import S3Settings
from rookery_core.waiting import Wait, retrying

if TYPE_CHECKING:
    from botocore.response import StreamingBody

CONFIG = Config(
    connect_timeout=5, read_timeout=30, retries={"mode": "standard", "total_max_attempts": 5}
)
_CHUNK_BYTES = 1 << 20


class StoreAway(Unavailable):
    """The object store did not answer, or it refused."""


class StoredObjects:
    """The objects below a root, an `s3://BUCKET[/PREFIX]`; their paths are relative to it."""

    def __init__(self, settings: S3Settings, root: str) -> None:
        self.root = root
        self._bucket, _, prefix = root.removeprefix("s3://").partition("/")
        self._prefix = f"{prefix}/" if prefix else ""
        self._client = s3_client(settings, CONFIG)

    def keys(self, folder: str) -> list[str]:
        """Lists every object in the folder, which ends with `/`: `3/abc/` never means `3/abcd/`.

        A failed connection is tried again, since this may be the first request to the store.

        Raises:
            StoreAway: the store did not answer, or refused.
        """
        assert folder.endswith("/")
        with self._reached():
            listed = partial(self._listed, f"{self._prefix}{folder}")
            first_connection = Wait(FIRST_CONNECTION_SECONDS)
            return retrying(listed, is_connection_failure, first_connection, "object store")

    def _listed(self, prefix: str) -> list[str]:
        paginator = self._client.get_paginator("list_objects_v2")
        pages = paginator.paginate(Bucket=self._bucket, Prefix=prefix)
        return [found["Key"] for page in pages for found in page.get("Contents", [])]

    def get(self, path: str) -> bytes | None:
        """Reads an object; None where there is none.

        Raises:
            StoreAway: the store did not answer, or refused.
        """
        with self._reached():
            body = self._body(path)
            return None if body is None else body.read()

    def download(self, path: str, file: Path) -> str | None:
        """Reads an object into a file, and returns its SHA-256; None where there is none.

        Raises:
            StoreAway: the store did not answer, or refused.
        """
        with self._reached():
            body = self._body(path)
            if body is None:
                return None
            digest = hashlib.sha256()
            with file.open("wb") as target:
                for chunk in body.iter_chunks(_CHUNK_BYTES):
                    digest.update(chunk)
                    target.write(chunk)
            return digest.hexdigest()

    def _body(self, path: str) -> "StreamingBody | None":
        """Asks for an object; a failed connection is tried again."""
        asked = partial(self._client.get_object, Bucket=self._bucket, Key=self._prefix + path)
        wait = Wait(FIRST_CONNECTION_SECONDS)
        try:
            return retrying(asked, is_connection_failure, wait, "object store")["Body"]
        except self._client.exceptions.NoSuchKey:
            return None

    def put(self, path: str, body: bytes) -> None:
        """Writes an object, in place of one that is there.

        Raises:
            StoreAway: the store did not answer, or refused.
        """
        with self._reached():
            self._client.put_object(Bucket=self._bucket, Key=self._prefix + path, Body=body)

    def discard(self, path: str) -> None:
        """Removes an object, if there is one.

        Raises:
            StoreAway: the store did not answer, or refused.
        """
        with self._reached():
            self._client.delete_object(Bucket=self._bucket, Key=self._prefix + path)

    def remove(self, folder: str) -> int:
        """Removes every object in the folder, and returns how many there were.

        Raises:
            StoreAway: the store kept some, did not answer, or refused.
        """
        keys = self.keys(folder)
        for start in range(0, len(keys), 1000):
            batch = keys[start : start + 1000]
            with self._reached():
                self._client.delete_objects(
                    Bucket=self._bucket,
                    Delete={"Objects": [{"Key": key} for key in batch], "Quiet": True},
                )
        if left := self.keys(folder):
            raise StoreAway(
                f"{len(left)} objects are still in {folder} of bucket {self._bucket}; "
                "see that the key may delete there, then run the job again"
            )
        return len(keys)

    @contextmanager
    def _reached(self) -> Iterator[None]:
        """Puts errors of the store into words."""
        where = f"bucket {self._bucket} of {self._client.meta.endpoint_url}"
        try:
            yield
        except ClientError as error:
            raise StoreAway(
                f"{where} refuses ({error}); see that it exists and that the key may list, read, "
                "write and delete there, then run the job again"
            ) from error
        except BotoCoreError as error:
            raise StoreAway(
                f"{where} does not answer ({error}); see that the object store is up, then run "
                "the job again"
            ) from error
