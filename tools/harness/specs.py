"""Specs: those that ship with Rookery, and files of one's own."""

import json
from functools import cache
from pathlib import Path

from rookery_core.spec.catalog import load_catalog
from rookery_core.spec.model_spec import ModelSpec


@cache
def shipped(name: str) -> ModelSpec:
    """Returns the spec of that name that ships with Rookery."""
    return load_catalog()[name]


def write_spec(folder: Path, spec: ModelSpec) -> Path:
    """Writes the spec's file: JSON is YAML too."""
    path = folder / f"{spec.name}.yaml"
    path.write_text(json.dumps(spec.model_dump(mode="json")))
    return path
