"""What bad input gets: one case a line."""

import gzip
import json
from collections.abc import Mapping
from typing import Any

import httpx
import psutil
import pytest
from tests.integration.api.support.fixture_types import NewModel, StartApi
from tests.integration.api.support.rows import GOOD, ROW
from tools.harness.api_process import ApiProcess
from tools.harness.bundles import make_bundle

MAX_BODY = 100_000
MAX_BATCH = 50
FIELD = "/bill_length_mm"
HEADERS = {"Content-Type": "application/json"}


@pytest.fixture(scope="module")
def served(new_model: NewModel, start_api: StartApi) -> tuple[ApiProcess, str]:
    """An API with small limits that serves one model, and the model's name."""
    registered = new_model("sex")
    version = registered.promote(make_bundle(registered.spec))
    api = start_api(
        max_body_bytes=MAX_BODY,
        max_batch=MAX_BATCH,
        receive_seconds=2,
        default_model=registered.spec.name,
    )
    api.await_version(registered.spec.name, version)
    return api, registered.spec.name


def with_value(text: str) -> bytes:
    """The good row with other JSON as its first value."""
    return GOOD.replace(b"39.1", text.encode())


def batch(size: int) -> bytes:
    """The good row, so many times."""
    return json.dumps({"instances": [ROW] * size}).encode()


UNREADABLE = {
    "five thousand digits": with_value("1" * 5000),
    "hundred thousand levels": b"[" * 100_000,
    "levels inside a value": with_value("[" * 90_000),
    "invalid UTF-8": with_value('"\x00"').replace(b"\x00", b"\xff\xfe"),
    "trailing bytes": GOOD + b"{}",
    "empty": b"",
    "white space": b" \n",
    "not JSON": b"bill_length_mm=39.1",
    "byte order mark": b"\xef\xbb\xbf" + GOOD,
    "truncated": GOOD[:-1],
    "single quotes": GOOD.replace(b'"', b"'"),
    "leading zero": with_value("039.1"),
    "comment": GOOD + b"// a bird",
    "control character": with_value('"\x01"'),
    "UTF-16": GOOD.decode().encode("utf-16"),
}
WRONG_VALUE = {
    "NaN": "NaN",
    "Infinity": "Infinity",
    "-Infinity": "-Infinity",
    "1e400": "1e400",
    "-1e400": "-1e400",
    "lone surrogate": '"\\ud800"',
    "number as text": '"12.5"',
    "true": "true",
    "null": "null",
    "list": "[39.1]",
    "object": "{}",
    "zero": "0",
    "negative": "-39.1",
    "above range": "80.0001",
    "four hundred digits": "9" * 400,
    "empty text": '""',
}
WRONG_SHAPE = {
    "missing field": json.dumps({k: v for k, v in ROW.items() if k != "bill_length_mm"}).encode(),
    "extra field": json.dumps({**ROW, "island": "Dream"}).encode(),
    "field twice": GOOD.replace(b"{", b'{"bill_length_mm": 41, '),
    "list": b"[]",
    "null": b"null",
    "number": b"7",
    "text": b'"\\u0000"',
    "batch of none": b'{"instances": []}',
    "batch of lists": b'{"instances": [[39.1, 18.7, 181, 3750]]}',
    "batch of null": b'{"instances": [null]}',
    "instances no list": b'{"instances": {}}',
    "beside instances": json.dumps({"instances": [ROW], "more": 1}).encode(),
    "__proto__": json.dumps({**ROW, "__proto__": {"a": 1}}).encode(),
}


def check_problem(answer: httpx.Response, *statuses: int) -> dict[str, Any]:
    """The problem, after it was found to be a proper one."""
    assert answer.status_code in statuses, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    problem: dict[str, Any] = answer.json()
    assert problem["status"] == answer.status_code
    assert problem["request_id"] == answer.headers["x-request-id"]
    assert problem["reason"]
    assert problem["detail"]
    assert "Traceback" not in answer.text
    assert len(answer.content) < 5000
    return problem


def post(
    served: tuple[ApiProcess, str], body: bytes, headers: Mapping[str, str] = HEADERS
) -> httpx.Response:
    """The answer to `body`."""
    api, model = served
    return api.client.post(f"/predict/{model}", content=body, headers=headers)


def processor_seconds(process: psutil.Process) -> float:
    """What the process has spent so far."""
    times = process.cpu_times()
    return float(times.user + times.system)


@pytest.mark.parametrize("body", UNREADABLE.values(), ids=UNREADABLE)
def test_what_cannot_be_read_is_refused_at_once(
    served: tuple[ApiProcess, str], body: bytes
) -> None:
    process = psutil.Process(served[0].process.pid)
    spent = []

    # Its looks at the registry are on the same bill: the cheapest of several counts.
    for _ in range(5):
        before = processor_seconds(process)
        check_problem(post(served, body), 400, 422)
        spent.append(processor_seconds(process) - before)

    assert min(spent) < 0.05


@pytest.mark.parametrize("value", WRONG_VALUE.values(), ids=WRONG_VALUE)
def test_wrong_value_names_its_field(served: tuple[ApiProcess, str], value: str) -> None:
    problem = check_problem(post(served, with_value(value)), 422)

    assert problem["errors"][0]["path"] in (FIELD, "")
    if value not in ("NaN", "Infinity", "-Infinity", '"\\ud800"'):
        assert problem["errors"][0]["path"] == FIELD
    assert value.strip('"') not in json.dumps(problem["errors"]) or len(value) < 5


@pytest.mark.parametrize("body", WRONG_SHAPE.values(), ids=WRONG_SHAPE)
def test_wrong_shape_names_its_place(served: tuple[ApiProcess, str], body: bytes) -> None:
    problem = check_problem(post(served, body), 422)

    assert problem["errors"]
    assert "island" not in problem["detail"]


def test_wrong_value_in_a_batch_names_row_and_field(served: tuple[ApiProcess, str]) -> None:
    rows = [ROW, {**ROW, "body_mass_g": "heavy"}]

    problem = check_problem(post(served, json.dumps({"instances": rows}).encode()), 422)

    assert problem["errors"][0]["path"] == "/instances/1/body_mass_g"


@pytest.mark.parametrize(
    ("size", "status"), [(1, 200), (MAX_BATCH, 200), (MAX_BATCH + 1, 413)], ids=str
)
def test_batch_is_bounded(served: tuple[ApiProcess, str], size: int, status: int) -> None:
    answer = post(served, batch(size))

    assert answer.status_code == status
    if status == 200:
        assert len(answer.json()["predictions"]) == size


def test_body_over_the_limit_is_refused_by_its_length(served: tuple[ApiProcess, str]) -> None:
    check_problem(post(served, GOOD + b" " * MAX_BODY), 413)


def test_body_over_the_limit_is_refused_without_a_length(served: tuple[ApiProcess, str]) -> None:
    api, model = served

    def chunks() -> Any:
        for _ in range(100):
            yield b" " * (MAX_BODY // 50)

    answer = api.client.post(f"/predict/{model}", content=chunks(), headers=HEADERS)

    check_problem(answer, 413)


def test_compressed_body_is_a_plain_one_within_the_limit_of_one(
    served: tuple[ApiProcess, str],
) -> None:
    headers = {**HEADERS, "Content-Encoding": "gzip"}
    bomb = gzip.compress(b" " * 50_000_000)

    assert post(served, gzip.compress(GOOD), headers).json() == post(served, GOOD).json()
    assert check_problem(post(served, bomb, headers), 413)["reason"] == "body_too_large"
    check_problem(post(served, GOOD, headers), 400)


def test_other_codings_are_refused(served: tuple[ApiProcess, str]) -> None:
    answer = post(served, GOOD, {**HEADERS, "Content-Encoding": "br"})

    assert check_problem(answer, 415)["reason"] == "unsupported_content_coding"
    assert answer.headers["accept-encoding"] == "gzip, deflate, identity"


@pytest.mark.parametrize(
    "media", [None, "text/plain", "application/x-www-form-urlencoded", "application/jsonp", ""]
)
def test_other_media_types_are_refused(served: tuple[ApiProcess, str], media: str | None) -> None:
    check_problem(post(served, GOOD, {} if media is None else {"Content-Type": media}), 415)


@pytest.mark.parametrize("media", ["application/json; charset=utf-8", "Application/JSON"])
def test_json_may_be_named_with_parameters(served: tuple[ApiProcess, str], media: str) -> None:
    assert post(served, GOOD, {"Content-Type": media}).status_code == 200


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "BREW"])
def test_wrong_method_is_told_the_right_one(served: tuple[ApiProcess, str], method: str) -> None:
    api, model = served

    answer = api.client.request(method, f"/predict/{model}")

    if method == "BREW":  # no method that HTTP's registry knows
        assert answer.status_code in (400, 405)
        return
    told = "This path does not take that method; it takes POST."
    assert check_problem(answer, 405)["detail"] == told
    assert answer.headers["allow"] == "POST"


@pytest.mark.parametrize("path", ["/nowhere", "/metrics", "/predict"])
def test_who_asks_at_a_path_that_is_not_there_is_told_where_to_look(
    served: tuple[ApiProcess, str], path: str
) -> None:
    api, _ = served

    told = "Nothing is at this path; /docs lists the routes."
    assert check_problem(api.client.get(path), 404)["detail"] == told


def test_a_body_that_is_no_row_is_told_what_one_is(served: tuple[ApiProcess, str]) -> None:
    faults = check_problem(post(served, b"[]"), 422)["errors"]

    told = "Input should be an object with a value for each feature"
    assert faults == [{"path": "", "message": told}]


@pytest.mark.parametrize(
    "path",
    [
        *("/nowhere", "/predict", "/predict/", "/predict/no-such", "/predict/a/b"),
        *("/models/no-such", "/invocations/no-such", "/page/../settings.py"),
        "/predict/..%2f..%2fetc%2fpasswd",
    ],
)
def test_unknown_path_or_model_is_not_found(served: tuple[ApiProcess, str], path: str) -> None:
    api, _ = served
    method = "POST" if path.startswith(("/predict/", "/inv")) else "GET"

    check_problem(api.client.request(method, path, content=GOOD, headers=HEADERS), 404)


@pytest.mark.parametrize(
    "host",
    ["evil.example", "127.0.0.1.evil.example", "", "localhost@evil", "127.0.0.1:port", "a b"],
)
def test_host_that_is_not_on_the_list_is_refused(served: tuple[ApiProcess, str], host: str) -> None:
    api, model = served

    answer = api.client.post(f"/predict/{model}", content=GOOD, headers={**HEADERS, "Host": host})

    check_problem(answer, 400)


@pytest.mark.parametrize("path", ["/livez", "/readyz"])
def test_probes_answer_under_any_host(served: tuple[ApiProcess, str], path: str) -> None:
    api, _ = served

    assert api.client.get(path, headers={"Host": "10.1.2.3:8000"}).status_code == 200


def test_request_id_of_the_caller_is_kept_unless_it_could_do_harm(
    served: tuple[ApiProcess, str],
) -> None:
    api, _ = served

    kept = api.client.get("/livez", headers={"X-Request-ID": "abc-123"})
    dropped = api.client.get("/livez", headers={"X-Request-ID": 'a"b\\'})

    assert kept.headers["x-request-id"] == "abc-123"
    assert dropped.headers["x-request-id"] not in ('a"b\\', "")


def test_every_answer_has_the_security_headers(served: tuple[ApiProcess, str]) -> None:
    api, _ = served

    for answer in (post(served, GOOD), post(served, b""), api.client.get("/")):
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["x-frame-options"] == "DENY"
        assert "default-src 'none'" in answer.headers["content-security-policy"]
        assert "server" not in answer.headers
