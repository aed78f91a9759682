"""The artifacts in S3, passed on by the server alone.

MLflow's own repository also signs addresses of the S3 server, and tells clients to fetch and put
files there. Callers outside of the cluster know no `minio:9000`, and those within it need not.
Here nothing is signed, so clients find the server without that ability and go through it.
"""

from pathlib import Path
from typing import Any

from mlflow.entities import FileInfo
from mlflow.store.artifact.artifact_repo import ArtifactRepository
from mlflow.store.artifact.s3_artifact_repo import S3ArtifactRepository


class PassedOn(ArtifactRepository):
    """Registered for `s3` by the package's entry point, in the place of MLflow's repository."""

    def __init__(self, artifact_uri: str, **options: Any) -> None:
        super().__init__(artifact_uri, **options)
        self._store = S3ArtifactRepository(artifact_uri, **options)

    def log_artifact(self, local_file: str, artifact_path: str | None = None) -> None:
        """The store has the file."""
        self._store.log_artifact(local_file, artifact_path)

    def log_artifacts(self, local_dir: str, artifact_path: str | None = None) -> None:
        """The store has the folder's files."""
        self._store.log_artifacts(local_dir, artifact_path)

    def list_artifacts(self, path: str | None = None) -> list[FileInfo]:
        """What the store has there."""
        found: list[FileInfo] = self._store.list_artifacts(path)
        return found

    def delete_artifacts(self, artifact_path: str | None = None) -> None:
        """The store has nothing there any more."""
        self._store.delete_artifacts(artifact_path)

    def _download_file(self, remote_file_path: str, local_path: str | Path) -> None:
        self._store._download_file(remote_file_path, local_path)
