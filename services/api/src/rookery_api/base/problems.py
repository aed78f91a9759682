"""Problems: every error the API answers, as RFC 9457 problem details.

A problem names the fact and the remedy and never repeats the input. `reason` is the word that
programs decide by; the same words are counted in the metrics. Its document stays below 16 KiB,
whatever was asked and whatever the contract's names are.
"""

import json
from collections.abc import Mapping, Sequence
from http import HTTPStatus

from starlette.responses import Response

from rookery_runtime.prediction.rows import MAX_FAULTS, Fault

MEDIA_TYPE = "application/problem+json"
TEXT_CHARACTERS = 300
"""What is kept of a detail, a message and a path; the contract's names and labels are in them."""
FAULTS_BYTES = 10 * 1024
"""What the faults of one answer may take as JSON; the first one always fits."""


class Problem(Exception):
    """A request that is answered with an error."""

    def __init__(
        self,
        status: int,
        reason: str,
        detail: str,
        *,
        headers: Mapping[str, str] | None = None,
        faults: Sequence[Fault] = (),
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.reason = reason
        self.detail = shortened(detail)
        self.headers = dict(headers or {})
        self.faults = bounded(faults)

    def body(self, request_id: str) -> bytes:
        """Writes the problem as JSON."""
        document: dict[str, object] = {
            "type": "about:blank",
            "title": title(self.status),
            "status": self.status,
            "detail": self.detail,
            "reason": self.reason,
            "request_id": request_id,
        }
        if self.faults:
            document["errors"] = list(self.faults)
        return json.dumps(document).encode()

    def response(self, path: str, request_id: str) -> Response:
        """Makes the answer to a request for `path`; below `/v2` in that protocol's own shape."""
        if path == "/v2" or path.startswith("/v2/"):
            body, media = self.inference_body(), "application/json"
        else:
            body, media = self.body(request_id), MEDIA_TYPE
        return Response(body, self.status, self.headers, media)

    def inference_body(self) -> bytes:
        """Writes the problem in the Open Inference Protocol's own shape."""
        places = "; ".join(f"{fault['path']}: {fault['message']}" for fault in self.faults)
        return json.dumps({"error": f"{self.detail} {places}".strip()}).encode()


def bounded(faults: Sequence[Fault]) -> tuple[Fault, ...]:
    """Keeps the first of the faults, as many as fit in an answer."""
    kept: list[Fault] = []
    room = FAULTS_BYTES
    for fault in faults[:MAX_FAULTS]:
        short = Fault(path=shortened(fault["path"]), message=shortened(fault["message"]))
        room -= len(json.dumps(short))
        if room < 0:
            break
        kept.append(short)
    return tuple(kept)


def shortened(text: str) -> str:
    """Cuts the text where it is too long for an answer."""
    return text if len(text) <= TEXT_CHARACTERS else text[: TEXT_CHARACTERS - 3] + "..."


def title(status: int) -> str:
    """Answers the phrase of an HTTP status."""
    return HTTPStatus(status).phrase


def malformed(detail: str) -> Problem:
    """Makes a 400: the request cannot be read at all."""
    return Problem(400, "malformed", detail)


def invalid(faults: Sequence[Fault]) -> Problem:
    """Makes a 422: the request can be read and breaks the contract."""
    return Problem(
        422,
        "invalid_input",
        "The request does not fit the model's contract; see errors, and /docs for the contract.",
        faults=faults,
    )


def unknown_path(remedy: str = "/docs lists the routes") -> Problem:
    """Makes a 404: the port has no such path."""
    return Problem(404, "unknown_path", f"Nothing is at this path; {remedy}.")


def unknown_method(allowed: str) -> Problem:
    """Makes a 405: the path takes the methods `allowed`, and no other."""
    told = f"This path does not take that method; it takes {allowed}."
    return Problem(405, "unknown_method", told, headers={"Allow": allowed})


def unknown_model() -> Problem:
    """Makes a 404: the catalog has no such model."""
    return Problem(404, "unknown_model", "No model has that name; GET /models lists them.")


def too_large(limit: int) -> Problem:
    """Makes a 413: the body is larger than the limit."""
    return Problem(
        413, "body_too_large", f"The body is larger than {limit} bytes; send fewer rows at once."
    )


def too_many_rows(limit: int) -> Problem:
    """Makes a 413: the batch is larger than the limit."""
    return Problem(413, "batch_too_large", f"The batch holds more than {limit} rows; split it.")


def unsupported_media(expected: str) -> Problem:
    """Makes a 415: the body's media type is not one that the route takes."""
    return Problem(415, "unsupported_media_type", f"Send the body as {expected}.")


def unsupported_coding() -> Problem:
    """Makes a 415: the body has another coding. It names those taken (RFC 9110, 15.5.16)."""
    return Problem(
        415,
        "unsupported_content_coding",
        "Send the body as it is, or with a Content-Encoding of gzip or deflate alone.",
        headers={"Accept-Encoding": "gzip, deflate, identity"},
    )


def busy(detail: str) -> Problem:
    """Makes a 503: a limit of this process is reached; a moment later it is not."""
    return Problem(503, "overloaded", detail, headers={"Retry-After": "1"})
