"""Sources in an object store: which failures a retry can mend, and which it can't."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from pydantic import SecretStr
from tests.integration.ingest.support.certificates import certified
from tests.integration.ingest.support.ingested_model import IngestedModel, table
from tests.integration.ingest.support.web_server import web_server
from tools.harness.http_server import serving

from rookery_core.errors import Refused, Unavailable
from rookery_core.settings import S3Settings
from rookery_local.servers.object_store import ObjectStore

CONTENT = table(good=5).encode()
CHAIN = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_PROFILE")
ERROR = "<Error><Code>{}</Code><Message>so it says</Message></Error>"

PATIENT = {"source_idle_seconds": 30.0, "source_seconds": 60.0}
"""On a busy machine several answers in a row take seconds; no other limit is to end a test."""


@pytest.fixture(autouse=True)
def _no_keys_of_the_shell(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in CHAIN:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
        monkeypatch.setenv(name, "/nowhere")


class Store(BaseHTTPRequestHandler):
    """Answers every request with one status, one error code and one address to go to."""

    status: int
    code: str
    location: str
    asked: list[str]

    def do_GET(self) -> None:
        """Answers as it was made to answer."""
        self.asked.append(self.path)
        body = ERROR.format(self.code).encode()
        self.send_response(self.status)
        self.send_header("Content-Length", str(len(body)))
        if self.location:
            self.send_header("Location", self.location)
            self.send_header("x-amz-bucket-region", "eu-central-1")
        self.end_headers()
        self.wfile.write(body)

    do_HEAD = do_GET  # noqa: N815 (the base's name)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 (the base's name)
        """Logs nothing."""


def _store(status: int, code: str = "", location: str = "") -> type[Store]:
    members = {"status": status, "code": code, "location": location, "asked": []}
    return type("Bound", (Store,), members)


def _settings(endpoint: str) -> S3Settings:
    return S3Settings(
        endpoint_url=endpoint, access_key=SecretStr("key"), secret_key=SecretStr("secret")
    )


@pytest.fixture
def elsewhere() -> Iterator[tuple[str, list[tuple[str, str]]]]:
    """Runs a server that nobody has named; yields it and what it was asked."""
    seen: list[tuple[str, str]] = []
    with web_server(CONTENT, seen) as address:
        yield address, seen


@pytest.mark.parametrize(
    "store",
    [
        S3Settings(),
        S3Settings(access_key=SecretStr("key")),
        S3Settings(endpoint_url="nonsense"),
        S3Settings(region="no region"),
    ],
    ids=["no keys", "half a key", "no endpoint", "no region"],
)
def test_settings_that_can_never_work_are_refused(model: IngestedModel, store: S3Settings) -> None:
    model.store = store
    model.take_from("s3://bucket/x.csv")

    with pytest.raises(Refused, match="ROOKERY_S3_"):
        model.ingest()


def test_the_program_without_keys_stops_for_good(model: IngestedModel) -> None:
    model.take_from("s3://bucket/x.csv")

    code, events = model.run()

    assert code == 42
    assert "Unable to locate credentials; set ROOKERY_S3_" in events[-1]["reason"]
    assert "run the job again" not in events[-1]["reason"]


@pytest.mark.parametrize(
    "changes",
    [{"access_key": SecretStr("nobody")}, {"secret_key": SecretStr("wrong")}],
    ids=["unknown key", "wrong secret"],
)
def test_keys_that_the_store_does_not_take_are_refused(
    model: IngestedModel, object_store: ObjectStore, changes: dict[str, object]
) -> None:
    model.settings = model.settings.model_copy(update=PATIENT)
    model.store = object_store.settings.model_copy(update=changes)
    model.take_from(f"s3://{object_store.bucket}/x.csv")

    with pytest.raises(Refused, match="may not be read"):
        model.ingest()


def test_a_bucket_that_is_not_there_is_refused(
    model: IngestedModel, object_store: ObjectStore
) -> None:
    model.store = object_store.settings
    model.take_from("s3://no-such-bucket/x.csv")

    with pytest.raises(Refused, match="is not there"):
        model.ingest()


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (301, "PermanentRedirect"),
        (400, "AuthorizationHeaderMalformed"),
        (400, "ExpiredToken"),
        (401, "Unauthorized"),
        (403, "AccessDenied"),
        (403, "InvalidAccessKeyId"),
        (403, "InvalidObjectState"),
        (404, "NoSuchBucket"),
        (404, "NoSuchKey"),
        (405, "MethodNotAllowed"),
        (410, "Gone"),
    ],
)
def test_an_answer_that_a_retry_will_not_change_is_refused(
    model: IngestedModel, status: int, code: str
) -> None:
    model.settings = model.settings.model_copy(update=PATIENT)
    with serving(ThreadingHTTPServer(("127.0.0.1", 0), _store(status, code))) as server:
        model.store = _settings(f"http://127.0.0.1:{server.server_port}")
        model.take_from("s3://bucket/x.csv")

        with pytest.raises(Refused):
            model.ingest()


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (400, "RequestTimeout"),
        (408, "RequestTimeout"),
        (429, "TooManyRequests"),
        (500, "InternalError"),
        (503, "SlowDown"),
    ],
)
def test_an_answer_that_may_change_may_be_tried_again(
    model: IngestedModel, status: int, code: str
) -> None:
    with serving(ThreadingHTTPServer(("127.0.0.1", 0), _store(status, code))) as server:
        model.store = _settings(f"http://127.0.0.1:{server.server_port}")
        model.settings = model.settings.model_copy(update={"source_idle_seconds": 15.0})
        model.take_from("s3://bucket/x.csv")

        with pytest.raises(Unavailable, match="run the job again"):
            model.ingest()


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_a_store_leads_nobody_to_another_host(
    model: IngestedModel, elsewhere: tuple[str, list[tuple[str, str]]], status: int
) -> None:
    address, seen = elsewhere
    handler = _store(status, "PermanentRedirect", f"{address}/good")
    with serving(ThreadingHTTPServer(("127.0.0.1", 0), handler)) as server:
        model.store = _settings(f"http://127.0.0.1:{server.server_port}")
        model.take_from("s3://bucket/x.csv")

        with pytest.raises(Refused):
            model.ingest()

    assert handler.asked
    assert seen == []


@pytest.mark.parametrize("bucket", ["127.0.0.1:{port}", "localhost:{port}", "a@127.0.0.1:{port}"])
def test_a_spec_names_no_host_of_a_store(
    model: IngestedModel, elsewhere: tuple[str, list[tuple[str, str]]], bucket: str
) -> None:
    address, seen = elsewhere
    model.store = _settings("http://127.0.0.1:1")
    model.take_from(f"s3://{bucket.format(port=address.rpartition(':')[2])}/good")

    with pytest.raises(Refused, match="names no object"):
        model.ingest()

    assert seen == []


def test_a_store_whose_certificate_nobody_trusts_is_refused(
    model: IngestedModel, tmp_path_factory: pytest.TempPathFactory
) -> None:
    tls = certified(tmp_path_factory.mktemp("tls"), "127.0.0.1")
    with web_server(CONTENT, tls=tls.server) as address:
        model.store = _settings(address)
        model.take_from("s3://bucket/x.csv")

        with pytest.raises(Refused, match="certificate"):
            model.ingest()


def test_an_object_whose_sender_stops_may_be_tried_again(model: IngestedModel) -> None:
    over = threading.Event()

    class Stopping(Store):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Length", "100000")
            self.end_headers()
            self.wfile.write(CONTENT)
            self.wfile.flush()
            over.wait(60)

    with serving(ThreadingHTTPServer(("127.0.0.1", 0), Stopping)) as server:
        model.store = _settings(f"http://127.0.0.1:{server.server_port}")
        model.take_from("s3://bucket/x.csv")
        try:
            with pytest.raises(Unavailable, match=r"sent nothing|Read timeout"):
                model.ingest()
        finally:
            over.set()
