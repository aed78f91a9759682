"""A serving bundle in memory: a manifest whose digest is known, and the model it vouches for."""

import hashlib
from dataclasses import dataclass

from pydantic import ValidationError

from rookery_core.errors import Refused
from rookery_core.manifest import Manifest

MAX_MANIFEST_BYTES = 1024 * 1024


@dataclass(frozen=True)
class Bundle:
    """A manifest and a model that belong together; `open_bundle` makes sure of it."""

    manifest: Manifest
    manifest_json: bytes
    manifest_sha256: str
    model: bytes


def open_manifest(model: str, manifest_json: bytes, manifest_sha256: str, limit: int) -> Manifest:
    """Opens the manifest, if it is the one that the registry names, and of this model.

    Raises:
        Refused: for another digest, another model's contract, a model file beyond `limit` bytes.
    """
    digest = hashlib.sha256(manifest_json).hexdigest()
    if digest != manifest_sha256:
        raise Refused(
            f"the manifest has SHA-256 {digest[:12]}..., the registry says "
            f"{manifest_sha256[:12]}...; promote a whole bundle"
        )
    try:
        manifest = Manifest.model_validate_json(manifest_json)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False, include_context=False)[0]
        place = ".".join(str(step) for step in first["loc"])
        raise Refused(f"the manifest is not one: {place[:200]}: {first['msg'][:200]}") from None
    if manifest.contract.model != model:
        raise Refused(f"the bundle is of model {manifest.contract.model[:50]!r}, not {model!r}")
    if manifest.model_bytes > limit:
        raise Refused(f"the model file has {manifest.model_bytes} bytes, more than {limit}")
    return manifest


def open_bundle(manifest: Manifest, manifest_json: bytes, model: bytes) -> Bundle:
    """Opens the bundle, if the model file is the one that the manifest names.

    Raises:
        Refused: for another size or digest.
    """
    if len(model) != manifest.model_bytes:
        raise Refused(
            f"the model file has {len(model)} bytes, its manifest says {manifest.model_bytes}"
        )
    digest = hashlib.sha256(model).hexdigest()
    if digest != manifest.model_sha256:
        raise Refused(
            f"the model file has SHA-256 {digest[:12]}..., its manifest says "
            f"{manifest.model_sha256[:12]}..."
        )
    return Bundle(manifest, manifest_json, hashlib.sha256(manifest_json).hexdigest(), model)


def bundle_of(manifest: Manifest, model: bytes) -> Bundle:
    """Makes a bundle of a manifest that was read before, and a model that was checked by it."""
    manifest_json = manifest.model_dump_json().encode()
    return Bundle(manifest, manifest_json, hashlib.sha256(manifest_json).hexdigest(), model)
