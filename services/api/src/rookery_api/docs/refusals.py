"""Refusals: which problems each path answers, as the OpenAPI document says it."""

from collections.abc import Iterable
from typing import Any

from rookery_api.base.problems import MEDIA_TYPE, title
from rookery_api.docs.schemas import Schema, ref

JSON = "application/json"
STATUSES = {
    400: "The request cannot be read: its JSON, its head or its host name.",
    401: "The API key is missing or wrong.",
    403: "The API key lacks the scope that the route needs.",
    404: "No such path, model or version.",
    405: "The path knows no such method; `Allow` lists those it knows.",
    408: "The request did not arrive in time.",
    413: "The body or the batch is too large.",
    415: "The body's media type or coding is not one that the route takes.",
    422: "The body does not fit the contract; `errors` names each field.",
    429: "Too many requests are under way with this key.",
    431: "The request's head is too large.",
    500: "The API failed; its log says why under the request id.",
    503: "Not now: `reason` says why, `Retry-After` when to come again.",
}
EVERYWHERE = (400, 405, 408, 431, 500, 503)
"""On every path; OpenAPI has no place for what a path answers to other methods than its own."""
WITH_KEY = (401, 403, 429)
"""Where a key is asked for; a path that is not there answers 401 too, without one."""
BODY = (*EVERYWHERE, 404, 413, 415, 422)

_TEXT = {"type": "string"}
ERRORS: Schema = {
    "Problem": {
        "type": "object",
        "description": "RFC 9457 problem details.",
        "properties": {
            "type": _TEXT,
            "title": _TEXT,
            "status": {"type": "integer"},
            "detail": {**_TEXT, "description": "The fact and the remedy."},
            "reason": {**_TEXT, "description": "The word for programs to decide by."},
            "request_id": _TEXT,
            "errors": {"type": "array", "items": ref("Fault")},
        },
        "required": ["type", "title", "status", "detail", "reason", "request_id"],
    },
    "Fault": {
        "type": "object",
        "description": "One field of the body that does not fit the contract.",
        "properties": {
            "path": {**_TEXT, "description": "A JSON Pointer into the body."},
            "message": _TEXT,
        },
        "required": ["path", "message"],
    },
    "InferenceError": {
        "type": "object",
        "properties": {"error": _TEXT},
        "required": ["error"],
    },
}


def refusals(statuses: Iterable[int], *, v2: bool) -> Schema:
    """Describes the problem of each status; those of `/v2` have a form of their own."""
    name, media = ("InferenceError", JSON) if v2 else ("Problem", MEDIA_TYPE)
    content: dict[str, Any] = {media: {"schema": ref(name)}}
    described: Schema = {}
    for status in sorted(set(statuses)):
        refusal: Schema = {"description": f"{title(status)}. {STATUSES[status]}"}
        if status in (429, 503):
            seconds = {"type": "integer", "minimum": 1}
            refusal["headers"] = {"Retry-After": {"required": True, "schema": seconds}}
        if status == 405:
            refusal["headers"] = {"Allow": {"required": True, "schema": _TEXT}}
        described[str(status)] = refusal | {"content": content}
    return described
