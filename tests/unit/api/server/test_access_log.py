"""The access log: one JSON object a line, whatever the request was."""

import asyncio
import io
import json
from typing import Any

from rookery_api.server.access_log import AccessLog
from rookery_api.server.trace_context import TraceContext

FIXED = {"event", "method", "path", "status", "milliseconds", "request_id", "level", "timestamp"}


def written(**fields: Any) -> dict[str, Any]:
    """The line of a request with these fields, read as JSON."""
    stream = io.StringIO()

    async def scene() -> None:
        AccessLog(stream).write("POST", '/predict/"\n', 200, 0.0015, "bird-1", **fields)
        await asyncio.sleep(0)

    asyncio.run(scene())
    (line,) = stream.getvalue().splitlines()
    found: dict[str, Any] = json.loads(line)
    return found


def test_what_is_not_known_has_no_field() -> None:
    line = written()

    assert line.keys() == FIXED
    assert (line["path"], line["milliseconds"]) == ('/predict/"\n', 1.5)


def test_key_trace_version_and_size_are_fields() -> None:
    trace = TraceContext("ab" * 16, "cd" * 8, "01")

    line = written(key="shop", trace=trace, model_version="7", body_bytes=0)

    added = {name: value for name, value in line.items() if name not in FIXED}
    assert added == {
        "key": "shop",
        **trace._asdict(),
        "model_version": "7",
        "body_bytes": 0,
    }


def test_a_version_of_any_characters_leaves_one_line() -> None:
    assert written(model_version='7"\n\x00\u2028')["model_version"] == '7"\n\x00\u2028'
