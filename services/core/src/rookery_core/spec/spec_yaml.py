"""A model spec as a YAML text: the spec that it holds, or everything that is wrong with it."""

import json
import re
from collections.abc import Sequence
from typing import Any

from pydantic import ValidationError

from rookery_core.errors import Refused
from rookery_core.spec.bounded_yaml import NotYaml, read_yaml
from rookery_core.spec.model_spec import ModelSpec
from rookery_core.spec.sentences import SpecFault, sentences, spec_faults

MAX_SENTENCE = 2000
"""The longest sentence about a text, in characters: cards and logs show it whole."""


class NoSpec(Exception):
    """Why a text is not a spec, and the remedy."""

    def __init__(self, reason: str, faults: Sequence[SpecFault] = ()) -> None:
        super().__init__(
            reason if len(reason) <= MAX_SENTENCE else f"{reason[: MAX_SENTENCE - 4]} ..."
        )
        self.faults = list(faults) or [SpecFault(f"it {reason}", _line_of(reason))]


def parse_spec(text: str, origin: str) -> ModelSpec:
    """Reads the spec that a YAML text holds.

    Raises:
        Refused: it holds none; names `origin` and the path of every key that is wrong.
    """
    try:
        return spec_of(read_document(text), text)
    except NoSpec as error:
        raise Refused(f"{origin} {error}") from None


def check_spec(text: str) -> list[SpecFault]:
    """Returns everything that is wrong with the spec that a YAML text holds; nothing if it is one.

    Where the text is no YAML, or keys contradict each other, that is the only fault.
    """
    try:
        spec_of(read_document(text), text)
    except NoSpec as error:
        return error.faults
    return []


def read_document(text: str) -> Any:
    """Reads the YAML document that a text holds.

    Raises:
        NoSpec: it holds none within the bounds; the error says where.
    """
    try:
        return read_yaml(text)
    except NotYaml as error:
        raise NoSpec(f"is not YAML that can be read: {error}; mend the file") from None


def spec_of(document: Any, text: str) -> ModelSpec:
    """Returns the spec that a document is; `text` is where it was read, for the lines of faults.

    Raises:
        NoSpec: it is not a spec; the error has every fault that was found.
    """
    try:
        # JSON mode: YAML lists become tuples, and nothing else is coerced.
        return ModelSpec.model_validate_json(_json(document))
    except ValidationError as error:
        said = f"is not a model spec: {sentences(error, text)}"
        raise NoSpec(said, spec_faults(error, text)) from None
    except NoSpec:
        raise
    # An unexpected error of a validator is a fault of this one spec as well.
    except Exception as error:
        said = f"is not a model spec: {type(error).__name__}: {error}; mend the file"
        raise NoSpec(said) from error


def _line_of(reason: str) -> int | None:
    named = re.search(r"\bline (\d+)", reason)
    return int(named[1]) if named else None


def _json(document: Any) -> str:
    try:
        return json.dumps(document, allow_nan=False)
    except (TypeError, ValueError) as error:
        # A date, or NaN.
        raise NoSpec(f"holds what a spec cannot: {error}; quote dates and texts") from None
