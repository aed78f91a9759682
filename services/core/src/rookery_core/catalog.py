"""The catalog of models: the specs that ship with Rookery and those of a directory."""

import json
from importlib.resources import files
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from rookery_core.errors import Refused
from rookery_core.spec import ModelSpec

Catalog = dict[str, ModelSpec]


def parse_spec(text: str, origin: str) -> ModelSpec:
    """The spec that a YAML text holds.

    Raises:
        Refused: with `origin` and the path of every key that is wrong.
    """
    try:
        document: Any = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise Refused(f"{origin} is not YAML: {error}; mend the file") from None
    try:
        # JSON mode: YAML lists become tuples, and nothing else is coerced.
        return ModelSpec.model_validate_json(yaml_to_json(document, origin))
    except ValidationError as error:
        raise Refused(f"{origin} is not a model spec: {_sentences(error)}") from None


def yaml_to_json(document: Any, origin: str) -> str:
    """The JSON text of a YAML document.

    Raises:
        Refused: for what JSON cannot say (dates, NaN, keys that are not text).
    """
    try:
        return json.dumps(document, allow_nan=False)
    except (TypeError, ValueError) as error:
        raise Refused(
            f"{origin} holds what a spec cannot: {error}; quote dates and texts"
        ) from None


def load_spec(path: Path) -> ModelSpec:
    """The spec in the YAML file at `path`."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise Refused(f"{path} cannot be read as a spec: {error}") from None
    return parse_spec(text, str(path))


def load_catalog(directory: Path | None = None) -> Catalog:
    """Every model by name: the shipped ones, then those of `directory` (`*.yaml`).

    A spec of the directory replaces a shipped one of the same name.

    Raises:
        Refused: for an invalid spec, or two files of the directory with one name.
    """
    shipped = [
        parse_spec(entry.read_text(encoding="utf-8"), entry.name)
        for entry in sorted(files("rookery_core").joinpath("specs").iterdir(), key=str)
        if entry.name.endswith(".yaml")
    ]
    catalog = {spec.name: spec for spec in shipped}
    added: dict[str, Path] = {}
    for path in sorted(directory.glob("*.yaml")) if directory else ():
        spec = load_spec(path)
        if spec.name in added:
            raise Refused(f"{path} and {added[spec.name]} both name {spec.name!r}; rename one")
        added[spec.name] = path
        catalog[spec.name] = spec
    return catalog


def _sentences(error: ValidationError) -> str:
    parts = []
    for fault in error.errors(include_url=False, include_input=False, include_context=False):
        path = ".".join(str(step) for step in fault["loc"])
        message = fault["msg"].removeprefix("Value error, ")
        parts.append(f"{path}: {message}" if path else message)
    return "; ".join(parts)
