"""Kubernetes' own schemas, as the package kubernetes-validate brings them: each read once.

Its own `validate` reads megabytes of JSON for each object.
"""

import json
from functools import cache
from importlib.resources import files
from typing import Any

from jsonschema import Draft202012Validator
from referencing import Registry, Resource
from tests.chart.manifests import Object, name

OUTSIDE = ("gateway.networking.k8s.io",)
"""Groups of objects that Kubernetes itself does not know; tests of their own look at those."""
SUPPORTED = ("1.33", "1.34", "1.35", "1.36", "1.37")


def faults(each: Object, version: str) -> list[str]:
    """What the API server of that version would refuse in the object, unknown fields included."""
    group, _, last = str(each["apiVersion"]).rpartition("/")
    if group in OUTSIDE:
        return []
    of = "-".join(part for part in (group.split(".")[0], last) if part)
    found = _validator(f"{each['kind'].lower()}-{of}", version).iter_errors(each)
    return [f"{name(each)}: {error.message} at {error.json_path}" for error in found]


@cache
def _validator(kind: str, version: str) -> Draft202012Validator:
    return Draft202012Validator(_schema(kind, version), registry=_definitions(version))


@cache
def _definitions(version: str) -> Registry[Any]:
    return Resource.from_contents(_schema("_definitions", version)) @ Registry()


def _schema(kind: str, version: str) -> Object:
    folder = files("kubernetes_validate") / "kubernetes-json-schema" / f"v{version}.0-local-strict"
    read: Object = json.loads((folder / f"{kind}.json").read_text(encoding="utf-8"))
    return read
