"""The keys of callers: how they are given, and what each opens.

A key is given alone, as `ROOKERY_API_API_KEY` (its name is `default`, and it opens everything), or
with others, each by its name, in `ROOKERY_API_KEYS`. Only digests are kept.
"""

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import combinations
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, SecretStr, TypeAdapter, ValidationError

from rookery_api.base.settings import ApiSettings
from rookery_core.errors import Refused


class Scope(StrEnum):
    """What a key opens. A scope is added together with the first route that asks for it."""

    PREDICT = "predict"
    """Predictions: `/predict`, `/invocations` and `/v2`."""
    READ = "read"
    """The cards of `/models`, and page and documents where these are not open to everybody."""


DEFAULT = "default"
"""The name of the key that is given alone."""
_SECRET = re.compile(r"[!-~]{16,512}")
_SECRET_RULE = "16 to 512 characters of printable ASCII, without a space or a line break"  # noqa: S105
_NAME = r"^[a-z](-?[a-z0-9])*$"
_LONGEST_NAME = 30


@dataclass(frozen=True)
class Key:
    """One key: who it belongs to, and what it opens."""

    name: str
    scopes: frozenset[Scope]
    max_in_flight: int | None
    """The most requests under way with this key; None for no limit of its own."""
    digest: bytes = field(repr=False)


class _Given(BaseModel):
    """A named key, as `ROOKERY_API_KEYS` holds it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    key: SecretStr
    scopes: Annotated[frozenset[Scope], Field(min_length=1)]
    max_in_flight: Annotated[int, Field(ge=1, strict=True)] | None = None


_Name = Annotated[str, Field(pattern=_NAME, max_length=_LONGEST_NAME)]
# Each key is compared with what a caller shows, and is a label of the metrics: not too many.
_Named = TypeAdapter(Annotated[dict[_Name, _Given], Field(max_length=64)])


def digest(secret: bytes) -> bytes:
    """Digests have one length, so that comparing them does not tell a key's."""
    return hashlib.sha256(secret).digest()


def read_keys(settings: ApiSettings) -> tuple[Key, ...]:
    """Reads the keys that callers may show; there are none where everybody may ask.

    Raises:
        Refused: for a key that is empty, short or given twice, for keys that are demanded and not
            given, and for keys that nobody would be asked for.
    """
    keys = (*_alone(settings.api_key), *_named(settings.keys))
    for one, other in combinations(keys, 2):
        if one.name == other.name:
            raise Refused(f"two keys are named {one.name!r}; name the one in ROOKERY_API_KEYS anew")
        if one.digest == other.digest:
            raise Refused(f"the keys {one.name!r} and {other.name!r} are equal; make another one")
    if settings.access == "keys" and not keys:
        raise Refused(
            "ROOKERY_API_ACCESS is 'keys', and there is no key: set ROOKERY_API_API_KEY or "
            "ROOKERY_API_KEYS, or ROOKERY_API_ACCESS=open to answer everybody"
        )
    if settings.access == "open" and keys:
        raise Refused(
            "ROOKERY_API_ACCESS is 'open', and there is a key that nobody would be asked for: set "
            "ROOKERY_API_ACCESS=keys, or remove the key"
        )
    return keys


def _alone(secret: SecretStr | None) -> Iterator[Key]:
    if secret is not None:
        where = "ROOKERY_API_API_KEY"
        yield Key(DEFAULT, frozenset(Scope), None, _digest(secret, where))


def _named(document: SecretStr | None) -> Iterator[Key]:
    if document is None:
        return
    given = _parsed(document.get_secret_value())
    if not given:
        raise Refused("ROOKERY_API_KEYS names no key; name one, or remove the variable")
    for name, each in given.items():
        where = f"the key {name!r} of ROOKERY_API_KEYS"
        yield Key(name, each.scopes, each.max_in_flight, _digest(each.key, where))


def _parsed(text: str) -> Mapping[str, _Given]:
    try:
        return _Named.validate_python(json.loads(text, object_pairs_hook=_once))
    except ValidationError as error:
        faults = error.errors(include_url=False, include_input=False, include_context=False)
        said = "; ".join(f"{_place(fault['loc'])}: {fault['msg']}" for fault in faults)
        raise Refused(f"ROOKERY_API_KEYS is not as it should be: {said}") from None
    except (ValueError, RecursionError):
        raise Refused(
            "ROOKERY_API_KEYS is not a JSON object with each name once; write it as "
            '{"NAME": {"key": "...", "scopes": ["predict", "read"]}}'
        ) from None


def _place(location: tuple[int | str, ...]) -> str:
    """Says where a fault is; what stands in the place of a name may be a secret, so only what is a
    name is repeated."""
    known = (str(each) for each in location)
    return ".".join(each if _is_name(each) else "?" for each in known)


def _is_name(text: str) -> bool:
    if text in _Given.model_fields:
        return True
    return len(text) <= _LONGEST_NAME and re.fullmatch(_NAME, text) is not None


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name is given twice")
    return found


def _digest(secret: SecretStr, where: str) -> bytes:
    value = secret.get_secret_value()
    if not _SECRET.fullmatch(value):
        raise Refused(f"{where} is no key: a key has {_SECRET_RULE}; `openssl rand -hex 32` is one")
    return digest(value.encode())
