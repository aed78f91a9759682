"""Artifacts of runs: files behind MLflow's proxy, among them the serving bundles."""

import hashlib
from functools import partial
from pathlib import Path
from urllib.parse import urlparse

from mlflow import MlflowClient

from rookery_core.errors import Refused
from rookery_core.manifest import MANIFEST_FILE, MODEL_FILE, Manifest
from rookery_core.registry_names import TAG_MANIFEST_SHA256
from rookery_trainer.bundle.champion_bundle import ChampionBundle
from rookery_trainer.scratch import scratch_folder
from rookery_trainer.tracking.artifact_address import require_proxied
from rookery_trainer.tracking.client import Retrying
from rookery_trainer.tracking.sweep_runs import TAG_WATERMARK
from rookery_trainer.tracking.versions import TAG_SCHEME, RegisteredVersion

BUNDLE = "bundle"
"""The bundle's folder among the artifacts of the best trial's run."""


class Artifacts:
    """The artifacts of any run; every request is retried while the server is away."""

    def __init__(self, client: MlflowClient, retrying: Retrying) -> None:
        self._client = client
        self._retrying = retrying

    def put(self, run_id: str, folder: Path, below: str | None = None) -> None:
        """Logs the files of `folder` to the run; doing it again changes nothing."""
        self._retrying.run(lambda: self._client.log_artifacts(run_id, str(folder), below))

    def put_bundle(self, run_id: str, folder: Path) -> None:
        """Logs the bundle of `folder` to the run; the manifest last, so that it proves the rest."""
        for name in (MODEL_FILE, MANIFEST_FILE):
            path = str(folder / name)
            self._retrying.run(partial(self._client.log_artifact, run_id, path, BUNDLE))

    def get_bundle(self, run_id: str, folder: Path) -> bool:
        """Downloads the run's bundle into `folder`; returns whether there is one.

        Raises:
            Refused: the run's artifacts are not passed on by the tracking server.
        """
        run = self._retrying.run(lambda: self._client.get_run(run_id))
        require_proxied(run.info.artifact_uri, f"run {run_id}")
        listed = self._retrying.run(lambda: self._client.list_artifacts(run_id, BUNDLE))
        if f"{BUNDLE}/{MANIFEST_FILE}" not in {file.path for file in listed}:
            return False
        for name in (MODEL_FILE, MANIFEST_FILE):
            path = f"{BUNDLE}/{name}"
            self._retrying.run(partial(self._client.download_artifacts, run_id, path, str(folder)))
        return True

    def bundle_path(self, run_id: str) -> str:
        """Returns the path of the run's bundle below the server's proxied artifact root."""
        run = self._retrying.run(lambda: self._client.get_run(run_id))
        return f"{urlparse(run.info.artifact_uri).path.strip('/')}/{BUNDLE}"

    def champion(self, found: RegisteredVersion) -> ChampionBundle:
        """Reads the version's bundle, and checks it against the version's tag.

        Raises:
            Refused: it is not what was logged.
        """
        number = str(found.version.number)
        with scratch_folder() as folder:
            if not self.get_bundle(found.run_id, folder):
                raise Refused(
                    f"the bundle of the champion, version {number}, is gone; run the rollback job"
                )
            text = (folder / MANIFEST_FILE).read_bytes()
            model = (folder / MODEL_FILE).read_bytes()
        manifest = Manifest.model_validate_json(text)
        if (
            hashlib.sha256(text).hexdigest() != found.tags.get(TAG_MANIFEST_SHA256)
            or hashlib.sha256(model).hexdigest() != manifest.model_sha256
        ):
            raise Refused(
                f"the bundle of the champion, version {number}, is not the one that was logged; "
                "run the rollback job"
            )
        return ChampionBundle(
            number,
            manifest,
            model,
            watermark=_whole(found.tags.get(TAG_WATERMARK)),
            scheme=_whole(found.tags.get(TAG_SCHEME)),
        )


def _whole(text: str | None) -> int | None:
    return None if text is None else int(text)
