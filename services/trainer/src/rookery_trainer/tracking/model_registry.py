"""A registered model in MLflow: its versions, aliases and tags. Effects only, no decisions."""

from collections.abc import Mapping
from functools import partial

from mlflow.entities.model_registry import ModelVersion
from mlflow.exceptions import MlflowException
from mlflow.protos.databricks_pb2 import RESOURCE_ALREADY_EXISTS, RESOURCE_DOES_NOT_EXIST, ErrorCode
from mlflow.tracking import MlflowClient
from mlflow.utils.credentials import get_default_host_creds
from mlflow.utils.rest_utils import http_request_safe

from rookery_core.registry_names import TAG_SWEEP
from rookery_trainer.tracking.client import Retrying, all_pages
from rookery_trainer.tracking.versions import RegisteredVersion, Version

_ALIAS = "/api/2.0/mlflow/registered-models/alias"
_ALIAS_SECONDS = 10
_PAGE = 1000


class ModelRegistry:
    """One registered model; every request but an alias's is retried while the server is away."""

    def __init__(self, client: MlflowClient, retrying: Retrying, model: str) -> None:
        self.model = model
        self.retrying = retrying
        self._client = client

    def versions(self) -> dict[int, RegisteredVersion]:
        """Reads every version, by number; none where the model is not registered yet."""
        return self.retrying.run(self._versions)

    def register(
        self, sweep_id: str, run_id: str, model_id: str, tags: Mapping[str, str]
    ) -> RegisteredVersion:
        """Finds the version of that sweep, or makes it.

        The caller holds the promotion lock, so that two cannot both find none.
        """

        def find_or_create() -> RegisteredVersion:
            # Look again: an earlier request may have made the version, and its response was lost.
            for each in self._versions().values():
                if each.version.sweep_id == sweep_id:
                    return each
            self._create_model()
            new = self._client.create_model_version(
                self.model,
                source=f"models:/{model_id}",
                run_id=run_id,
                model_id=model_id,
                tags={**tags, TAG_SWEEP: sweep_id},
                await_creation_for=0,
            )
            return _registered(new)

        return self.retrying.run(find_or_create)

    def aliases(self) -> dict[str, int]:
        """Reads which version each alias names."""
        return self.retrying.run(self._aliases)

    def set_alias(self, alias: str, number: int | None) -> None:
        """Lets the alias name that version, or removes it.

        It sends one request, and never again: before another try, the caller has to check whether
        it still holds the lock.
        """
        named: dict[str, object] = {"name": self.model, "alias": alias}
        if number is not None:
            named["version"] = str(number)
        http_request_safe(
            get_default_host_creds(self._client.tracking_uri),
            _ALIAS,
            "DELETE" if number is None else "POST",
            max_retries=0,
            timeout=_ALIAS_SECONDS,
            json=named,
        )

    def tag_version(self, number: int, tags: Mapping[str, str]) -> None:
        """Sets tags of the version."""
        for key, value in tags.items():
            self.retrying.run(
                partial(self._client.set_model_version_tag, self.model, str(number), key, value)
            )

    def untag_version(self, number: int, key: str) -> None:
        """Removes a tag of the version."""
        self.retrying.run(
            lambda: self._client.delete_model_version_tag(self.model, str(number), key)
        )

    def tag_run(self, run_id: str, tags: Mapping[str, str]) -> None:
        """Sets tags of the run."""
        for key, value in tags.items():
            self.retrying.run(partial(self._client.set_tag, run_id, key, value))

    def _versions(self) -> dict[int, RegisteredVersion]:
        named = f"name = '{self.model}'"
        found = all_pages(
            lambda token: self._client.search_model_versions(
                named, max_results=_PAGE, page_token=token
            )
        )
        versions = sorted(map(_registered, found), key=_number)
        return {each.version.number: each for each in versions}

    def _create_model(self) -> None:
        try:
            self._client.create_registered_model(self.model)
        except MlflowException as error:
            if error.error_code != ErrorCode.Name(RESOURCE_ALREADY_EXISTS):
                raise

    def _aliases(self) -> dict[str, int]:
        try:
            registered = self._client.get_registered_model(self.model)
        except MlflowException as error:
            if error.error_code == ErrorCode.Name(RESOURCE_DOES_NOT_EXIST):
                return {}
            raise
        return {alias: int(version) for alias, version in registered.aliases.items()}


def _registered(found: ModelVersion) -> RegisteredVersion:
    tags = dict(found.tags)
    return RegisteredVersion(
        Version(int(found.version), tags.get(TAG_SWEEP, "")),
        found.run_id or "",
        found.model_id or "",
        found.creation_timestamp,
        tags,
    )


def _number(each: RegisteredVersion) -> int:
    return each.version.number
