"""The objects behind MLflow's proxied artifacts: counts them, and removes them for good."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from rookery_core.connection_failure import FIRST_CONNECTION_SECONDS, is_connection_failure
from rookery_core.errors import Unavailable
from rookery_core.object_store import s3_client
from rookery_core.settings import S3Settings
from rookery_core.waiting import Wait, retrying

CONFIG = Config(
    connect_timeout=5, read_timeout=30, retries={"mode": "standard", "total_max_attempts": 5}
)


class ArtifactObjects:
    """The objects below the server's artifact root, an `s3://BUCKET[/PREFIX]`."""

    def __init__(self, settings: S3Settings, root: str) -> None:
        self.root = root
        self._bucket, _, prefix = root.removeprefix("s3://").partition("/")
        self._prefix = f"{prefix}/" if prefix else ""
        self._client = s3_client(settings, CONFIG)

    def keys(self, folder: str) -> list[str]:
        """Lists every object in the folder, which ends with `/`: `3/abc/` never means `3/abcd/`.

        It is the first request to the store, so a failed connection is tried again.

        Raises:
            Unavailable: the store did not answer, or refused.
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

    def remove(self, folder: str) -> int:
        """Removes every object in the folder, and returns how many there were.

        Raises:
            Unavailable: the store kept some, did not answer, or refused.
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
            raise Unavailable(
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
            raise Unavailable(
                f"{where} refuses ({error}); see that it exists and that the key may list and "
                "delete there, then run the job again"
            ) from error
        except BotoCoreError as error:
            raise Unavailable(
                f"{where} does not answer ({error}); see that the object store is up, then run "
                "the job again"
            ) from error
