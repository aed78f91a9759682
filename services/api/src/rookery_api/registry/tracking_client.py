"""The tracking server, asked over its REST API: who the champion is, and for its bundle.

The paths and answers are MLflow's (https://mlflow.org/docs/latest/api_reference/rest-api.html).
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self

import httpx

from rookery_core.errors import Refused, Unavailable
from rookery_core.manifest import MANIFEST_FILE, MODEL_FILE
from rookery_core.registry_names import CHAMPION, TAG_BUNDLE, TAG_MANIFEST_SHA256
from rookery_core.settings import TrackingSettings
from rookery_runtime.bundle import MAX_MANIFEST_BYTES, Bundle, open_bundle, open_manifest

VersionKey = tuple[str, str | None]
"""A version, and the digest of its manifest as its tag says it."""

_API = "/api/2.0/mlflow"
_ARTIFACTS = "/api/2.0/mlflow-artifacts/artifacts"
_ABSENT = ("RESOURCE_DOES_NOT_EXIST", "INVALID_PARAMETER_VALUE")
"""How MLflow says that a model, or an alias of it, does not exist."""


@dataclass(frozen=True)
class RegisteredVersion:
    """A model version as the registry describes it."""

    version: str
    run_id: str
    created_at: int
    """Milliseconds since 1970, UTC."""
    tags: Mapping[str, str] = field(default_factory=dict)
    aliases: tuple[str, ...] = ()

    @property
    def key(self) -> VersionKey:
        """What tells whether two answers name the same version with the same bundle."""
        return self.version, self.tags.get(TAG_MANIFEST_SHA256)

    @classmethod
    def from_rest(cls, document: Mapping[str, Any]) -> Self:
        """Reads the version that MLflow's JSON describes."""
        return cls(
            version=str(document["version"]),
            run_id=str(document.get("run_id", "")),
            created_at=int(document.get("creation_timestamp", 0)),
            tags={tag["key"]: tag["value"] for tag in document.get("tags", [])},
            aliases=tuple(document.get("aliases", [])),
        )


class _Forbidden(Unavailable):
    """The tracking server knows us, and does not let us read."""


class TrackingClient:
    """A client with tight time-outs; every method raises `Unavailable` when they pass."""

    def __init__(self, settings: TrackingSettings, timeout_seconds: float) -> None:
        auth = None
        if settings.username is not None and settings.password is not None:
            auth = httpx.BasicAuth(settings.username, settings.password.get_secret_value())
        self._timeout = timeout_seconds
        # Bundles that do not arrive must not keep the registry from being asked.
        self._client, self._downloads = (
            httpx.AsyncClient(
                base_url=settings.url,
                auth=auth,
                timeout=timeout_seconds,
                # A body that inflates on the way in has no length that could be checked.
                headers={"Accept-Encoding": "identity"},
                limits=httpx.Limits(max_connections=4),
                trust_env=False,
            )
            for _ in range(2)
        )

    async def aclose(self) -> None:
        """Closes every connection."""
        await self._client.aclose()
        await self._downloads.aclose()

    async def champion(self, model: str) -> RegisteredVersion | None:
        """Asks for the version that the alias `champion` names; None where there is none."""
        try:
            document = await self._get(
                f"{_API}/registered-models/alias", {"name": model, "alias": CHAMPION}
            )
        except _Forbidden:
            # A server with users forbids the aliases of a model that does not exist.
            if await self._get(f"{_API}/registered-models/get", {"name": model}) is not None:
                raise
            return None
        try:
            return (
                None if document is None else RegisteredVersion.from_rest(document["model_version"])
            )
        except (KeyError, TypeError, ValueError) as error:
            raise Unavailable("the tracking server answered unlike MLflow") from error

    async def history(self, model: str) -> tuple[dict[str, str], list[RegisteredVersion]]:
        """Asks for the model's aliases, and its latest 100 versions, newest first."""
        document = await self._get(f"{_API}/registered-models/get", {"name": model})
        if document is None:
            return {}, []
        listed = document["registered_model"].get("aliases", [])
        found = await self._get(
            f"{_API}/model-versions/search",
            {
                "filter": f"name='{model}'",
                "max_results": "100",
                "order_by": "version_number DESC",
            },
        )
        versions = [RegisteredVersion.from_rest(v) for v in (found or {}).get("model_versions", [])]
        return (
            {item["alias"]: str(item["version"]) for item in listed},
            sorted(versions, key=lambda version: int(version.version), reverse=True),
        )

    async def bundle(self, model: str, version: RegisteredVersion, limit: int) -> Bundle:
        """Fetches the version's bundle and checks its digests.

        Raises:
            Refused: for a bundle that is missing, or not the one the registry vouches for.
        """
        folder = version.tags.get(TAG_BUNDLE)
        digest = version.tags.get(TAG_MANIFEST_SHA256)
        if folder is None or digest is None:
            raise Refused(
                f"version {version.version} has no tags {TAG_BUNDLE} and {TAG_MANIFEST_SHA256}; "
                "promote a version that the trainer exported"
            )
        if any(part in ("", ".", "..") for part in folder.split("/")):
            raise Refused(f"the tag {TAG_BUNDLE} is no path below the artifact root")
        manifest_json = await self._download(f"{folder}/{MANIFEST_FILE}", MAX_MANIFEST_BYTES)
        manifest = open_manifest(model, manifest_json, digest, limit)
        file = await self._download(f"{folder}/{MODEL_FILE}", manifest.model_bytes)
        return await asyncio.to_thread(open_bundle, manifest, manifest_json, file)

    async def _get(self, path: str, parameters: Mapping[str, str]) -> dict[str, Any] | None:
        try:
            async with asyncio.timeout(2 * self._timeout):
                response = await self._client.get(path, params=parameters)
            absent = response.status_code in (400, 404)
            if absent and response.json().get("error_code") in _ABSENT:
                return None
            response.raise_for_status()
            document: dict[str, Any] = response.json()
        except (httpx.HTTPError, TimeoutError, ValueError) as error:
            raise _unavailable(error) from error
        return document

    async def _holds(self, path: str) -> bool:
        """Tells whether the artifact is there: if not, MLflow before a store in S3 answers 500."""
        folder, name = path.rsplit("/", 1)
        listing = await self._get(_ARTIFACTS, {"path": folder})
        files = (listing or {}).get("files", [])
        return any(str(file.get("path", "")).rsplit("/", 1)[-1] == name for file in files)

    async def _download(self, path: str, limit: int) -> bytes:
        """Fetches the artifact, which may hold `limit` bytes."""
        content = bytearray()
        try:
            async with self._downloads.stream("GET", f"{_ARTIFACTS}/{path}") as response:
                if response.is_error and not await self._holds(path):
                    raise Refused(f"the bundle has no {path.rsplit('/', 1)[-1]}; promote it whole")
                response.raise_for_status()
                async for chunk in response.aiter_raw():
                    content += chunk
                    if len(content) > limit:
                        raise Refused(f"{path.rsplit('/', 1)[-1]} holds more than {limit} bytes")
        except (httpx.HTTPError, TimeoutError) as error:
            raise _unavailable(error) from error
        return bytes(content)


def _unavailable(error: Exception) -> Unavailable:
    if isinstance(error, httpx.HTTPStatusError):
        status = error.response.status_code
        kind = _Forbidden if status == httpx.codes.FORBIDDEN else Unavailable
        return kind(f"the tracking server answered {status}")
    return Unavailable(f"the tracking server did not answer: {type(error).__name__}")
