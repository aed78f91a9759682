"""The artifacts in S3, passed on by the server alone.

MLflow's own repository also signs addresses of the S3 server, and tells clients to fetch and put
files there. Callers outside of the cluster can't reach `minio:9000`, and those within it need not.
This one signs nothing, so clients go through the server.
"""

from pathlib import Path
from typing import Any

from mlflow.entities import FileInfo
from mlflow.store.artifact.artifact_repo import ArtifactRepository
from mlflow.store.artifact.s3_artifact_repo import S3ArtifactRepository


class PassedOn(ArtifactRepository):
    """Takes the place of MLflow's repository for `s3`, by the entry point of the plugin."""

    def __init__(self, artifact_uri: str, **options: Any) -> None:
        super().__init__(artifact_uri, **options)
        self._store = S3ArtifactRepository(artifact_uri, **options)

    def log_artifact(self, local_file: str, artifact_path: str | None = None) -> None:
        """Puts the file into the store."""
        self._store.log_artifact(local_file, artifact_path)

    def log_artifacts(self, local_dir: str, artifact_path: str | None = None) -> None:
        """Puts the folder's files into the store."""
        self._store.log_artifacts(local_dir, artifact_path)

    def list_artifacts(self, path: str | None = None) -> list[FileInfo]:
        """Lists what the store has there."""
        found: list[FileInfo] = self._store.list_artifacts(path)
        return found

    def delete_artifacts(self, artifact_path: str | None = None) -> None:
        """Deletes what the store has there."""
        self._store.delete_artifacts(artifact_path)

    def _download_file(self, remote_file_path: str, local_path: str | Path) -> None:
        self._store._download_file(remote_file_path, local_path)
