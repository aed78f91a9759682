"""Bundles that must not be served, each bad in its own way."""

import hashlib
import io
import json
import os
import pickle
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from tests.integration.api.support.slow_bundles import endless
from tests.unit.runtime.support.graphs import sparse
from tools.harness.bundles import FittedBundle

from rookery_core.manifest import MANIFEST_FILE, MODEL_FILE


@dataclass(frozen=True)
class Bad:
    """What is registered: the manifest whose digest the tag holds, and the files that are there."""

    made: FittedBundle
    files: Mapping[str, bytes]


def truncated(made: FittedBundle, _: Path) -> Bad:
    """The model's second half is missing."""
    return Bad(made, _files(made, model=made.model[: len(made.model) // 2]))


def byte_flipped(made: FittedBundle, _: Path) -> Bad:
    """One bit of the model differs."""
    model = bytearray(made.model)
    model[len(model) // 2] ^= 1
    return Bad(made, _files(made, model=bytes(model)))


def wrong_digest(made: FittedBundle, _: Path) -> Bad:
    """The manifest is not the one that the registry's tag vouches for."""
    other = made.manifest_json.replace(b'"sweep-', b'"swoop-')
    return Bad(made, {MANIFEST_FILE: other, MODEL_FILE: made.model})


def empty(made: FittedBundle, _: Path) -> Bad:
    """Both files have no bytes, and the tag vouches for them."""
    return Bad(replace(made, manifest_json=b""), {MANIFEST_FILE: b"", MODEL_FILE: b""})


def missing(made: FittedBundle, _: Path) -> Bad:
    """There are no files."""
    return Bad(made, {})


def pickled(made: FittedBundle, canary: Path) -> Bad:
    """The model file is a pickle that writes to the canary when it is loaded."""
    return _sealed(made, pickle.dumps(_Canary(str(canary))))


def other_columns(made: FittedBundle, _: Path) -> Bad:
    """The model takes a feature that the contract does not name."""
    features = made.manifest.contract.features
    return _described(
        made,
        lambda manifest: manifest["contract"].update(
            features=[{**features[0].model_dump(), "name": "wing_span_mm"}]
            + [feature.model_dump() for feature in features[1:]]
        ),
    )


def other_labels(made: FittedBundle, _: Path) -> Bad:
    """The contract has one class more than the model."""
    return _described(made, lambda manifest: manifest["contract"]["classes"].append("Great auk"))


def nan_on_a_golden_row(made: FittedBundle, _: Path) -> Bad:
    """A weight is NaN, and with it every answer."""
    model = onnx.load_from_string(made.model)
    for node in model.graph.node:
        for attribute in node.attribute:
            if attribute.name in ("coefficients", "intercepts", "class_weights", "scale"):
                attribute.floats[0] = float("nan")
    return _sealed(made, model.SerializeToString())


def zip_bomb(made: FittedBundle, _: Path) -> Bad:
    """The model file is an archive that would grow a thousandfold."""
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as writer:
        for number in range(3):
            writer.writestr(f"{number}.onnx", b"\0" * 30_000_000)
    return _sealed(made, archive.getvalue())


def memory_bomb(made: FittedBundle, _: Path) -> Bad:
    """A few bytes of model that ask the runtime for gigabytes."""
    model = onnx.load_from_string(made.model)
    shape = onnx.numpy_helper.from_array(np.array([1 << 33], dtype=np.int64), "bomb_shape")
    model.graph.initializer.append(shape)
    model.graph.node.append(onnx.helper.make_node("ConstantOfShape", ["bomb_shape"], ["bomb"]))
    return _sealed(made, model.SerializeToString())


def external_weights(made: FittedBundle, _: Path) -> Bad:
    """The weights lie in a file of the serving machine."""
    model = onnx.load_from_string(made.model)
    tensor = onnx.TensorProto(name="secret", data_type=onnx.TensorProto.FLOAT, dims=[1])
    tensor.data_location = onnx.TensorProto.EXTERNAL
    tensor.external_data.add(key="location", value="/etc/hostname")
    model.graph.initializer.append(tensor)
    return _sealed(made, model.SerializeToString())


def sparse_weights(made: FittedBundle, _: Path) -> Bad:
    """A weight of gigabytes, of which one element is set, and another that lies in a file."""
    model = onnx.load_from_string(made.model)
    model.graph.sparse_initializer.append(sparse(1 << 31))
    model.graph.sparse_initializer.append(sparse(1, "/etc/hostname"))
    return _sealed(made, model.SerializeToString())


def endless_loop(made: FittedBundle, _: Path) -> Bad:
    """A loop without an end, hidden from who reads the keys of fields in 64 bits."""
    other = endless(made)
    return Bad(other, _files(other, other.model))


def indices_beyond(made: FittedBundle, _: Path) -> Bad:
    """The answers are picked from far beyond the classes."""
    model = onnx.load_from_string(made.model)
    order = next(weight for weight in model.graph.initializer if weight.name == "bundle.order")
    beyond = np.full(len(made.manifest.contract.classes), 1 << 30, np.int64)
    order.CopyFrom(onnx.numpy_helper.from_array(beyond, order.name))
    return _sealed(made, model.SerializeToString())


def larger_than_allowed(made: FittedBundle, _: Path) -> Bad:
    """The manifest announces more bytes than any model may have."""
    return _described(made, lambda manifest: manifest.update(model_bytes=10**12))


BAD: tuple[Callable[[FittedBundle, Path], Bad], ...] = (
    truncated,
    byte_flipped,
    wrong_digest,
    empty,
    missing,
    pickled,
    other_columns,
    other_labels,
    nan_on_a_golden_row,
    zip_bomb,
    memory_bomb,
    external_weights,
    sparse_weights,
    endless_loop,
    indices_beyond,
    larger_than_allowed,
)


class _Canary:
    def __init__(self, path: str) -> None:
        self._path = path

    def __reduce__(self) -> tuple[Any, ...]:
        return os.mkdir, (self._path,)


def _files(made: FittedBundle, model: bytes) -> dict[str, bytes]:
    return {MANIFEST_FILE: made.manifest_json, MODEL_FILE: model}


def _sealed(made: FittedBundle, model: bytes) -> Bad:
    """The bundle with another model, for which manifest and tag vouch."""
    digest = hashlib.sha256(model).hexdigest()
    bad = _described(
        made, lambda manifest: manifest.update(model_sha256=digest, model_bytes=len(model))
    )
    return Bad(bad.made, _files(bad.made, model))


def _described(made: FittedBundle, change: Callable[[dict[str, Any]], object]) -> Bad:
    """The bundle with another manifest, for which the tag vouches."""
    manifest = json.loads(made.manifest_json)
    change(manifest)
    other = replace(made, manifest_json=json.dumps(manifest).encode())
    return Bad(other, _files(other, made.model))
