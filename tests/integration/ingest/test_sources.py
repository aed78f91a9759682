"""Sources: files, the web and an object store, and how each may fail."""

import hashlib
import time
from collections.abc import Iterator

import boto3
import pytest
from botocore.config import Config
from pydantic import SecretStr
from tests.integration.ingest.web_server import web_server
from tests.integration.ingest.workbench import Workbench, table

from rookery_core.errors import Refused, Unavailable
from rookery_core.settings import S3Settings
from rookery_local.process.ports import free_ports
from rookery_local.servers.object_store import ObjectStore

CONTENT = table(good=2000).encode()
DIGEST = hashlib.sha256(CONTENT).hexdigest()


@pytest.fixture(scope="module")
def web() -> Iterator[str]:
    """The address of a web server."""
    with web_server(CONTENT) as address:
        yield address


def _assert_nothing_came_of_it(bench: Workbench) -> None:
    assert bench.accounts() == []
    assert bench.raw() == []


@pytest.mark.parametrize("path", ["good", "good?token=secret", "redirect"])
def test_a_web_address_is_read(bench: Workbench, web: str, path: str) -> None:
    bench.take_from(f"{web}/{path}")

    account = bench.ingest()

    assert (account.loaded, account.source_digest) == (2000, DIGEST)


def test_a_pinned_source_that_is_here_is_not_read_again(bench: Workbench, web: str) -> None:
    bench.take_from(f"{web}/good", sha256=DIGEST)
    first = bench.ingest()
    bench.take_from(f"{web}/status/500", sha256=DIGEST)

    second = bench.ingest()

    assert (second.batch, second.loaded, second.duplicate) == (first.batch, 0, 2000)


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("status/404", "answers 404"),
        ("status/403", "answers 403"),
        ("status/204", "answers 204"),
        ("elsewhere/file", "redirects from http to file|scheme"),
        ("elsewhere/ftp", "redirects from http to ftp"),
        ("elsewhere/https", "redirects from http to https"),
        ("loop", "redirects more than"),
    ],
)
def test_an_address_that_will_never_do_is_refused(
    bench: Workbench, web: str, path: str, told: str
) -> None:
    bench.take_from(f"{web}/{path}")

    with pytest.raises(Refused, match=told):
        bench.ingest()

    _assert_nothing_came_of_it(bench)


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("status/500", "answers 500"),
        ("status/503", "answers 503"),
        ("status/429", "answers 429"),
        ("half", "could not be read: peer closed connection"),
        ("hang", "sent nothing for|timed out"),
        ("stall", "sent nothing for|timed out"),
        ("drip", "sent nothing for|within 5 s"),
    ],
)
def test_an_address_that_fails_may_be_tried_again(
    bench: Workbench, web: str, path: str, told: str
) -> None:
    bench.take_from(f"{web}/{path}")
    begun = time.monotonic()

    with pytest.raises(Unavailable, match=told):
        bench.ingest()

    assert time.monotonic() - begun < 20
    _assert_nothing_came_of_it(bench)


def test_a_server_that_is_not_there_may_be_tried_again(bench: Workbench) -> None:
    bench.take_from(f"http://127.0.0.1:{free_ports(1)[0]}/x.csv")

    with pytest.raises(Unavailable, match="could not be read"):
        bench.ingest()


def test_a_source_without_end_is_cut_at_its_size(bench: Workbench, web: str) -> None:
    bench.take_from(f"{web}/endless", max_bytes=1_000_000)

    with pytest.raises(Refused, match="more than 1000000 bytes"):
        bench.ingest()

    _assert_nothing_came_of_it(bench)


@pytest.mark.parametrize("pinned", ["0" * 64, DIGEST])
def test_other_content_than_the_pinned_is_refused_before_anything_is_kept(
    bench: Workbench, pinned: str
) -> None:
    bench.write(CONTENT + table(good=1).encode())
    bench.take_from(f"file:{bench.file}", sha256=pinned)

    with pytest.raises(Refused, match=f"the spec pins {pinned}"):
        bench.ingest()

    _assert_nothing_came_of_it(bench)


@pytest.mark.parametrize("form", ["file:{}", "file://{}", "file://localhost{}"])
def test_a_file_is_read(bench: Workbench, form: str) -> None:
    bench.write(CONTENT)
    bench.take_from(form.format(bench.file))

    assert bench.ingest().loaded == 2000


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("file:/nowhere/at/all.csv", "is not a file"),
        ("file:/dev/zero", "is not a file"),
        ("file:/", "is not a file"),
        ("file://elsewhere/x.csv", "names the host 'elsewhere'"),
        ("package:../pyproject.toml", "no file '../pyproject.toml' ships"),
        ("package:nothing.csv", "penguins_size.csv"),
        ("s3://bucket", "names no object"),
    ],
)
def test_an_address_of_nothing_is_refused(bench: Workbench, url: str, told: str) -> None:
    bench.take_from(url)

    with pytest.raises(Refused, match=told):
        bench.ingest()


def test_the_shipped_file_is_read(bench: Workbench) -> None:
    bench.take_from("package:penguins_size.csv")

    assert bench.ingest().loaded == 344


def test_an_object_is_read(bench: Workbench, object_store: ObjectStore) -> None:
    store = object_store.settings
    assert store.access_key is not None
    assert store.secret_key is not None
    client = boto3.client(
        "s3",
        endpoint_url=store.endpoint_url,
        region_name=store.region,
        aws_access_key_id=store.access_key.get_secret_value(),
        aws_secret_access_key=store.secret_key.get_secret_value(),
        config=Config(s3={"addressing_style": "path"}),
    )
    client.put_object(Bucket=object_store.bucket, Key="data/a b?.csv", Body=CONTENT)
    client.close()
    bench.store = store
    bench.take_from(f"s3://{object_store.bucket}/data/a b?.csv", sha256=DIGEST)

    assert bench.ingest().loaded == 2000


def test_an_object_that_is_not_there_is_refused(
    bench: Workbench, object_store: ObjectStore
) -> None:
    bench.store = object_store.settings
    bench.take_from(f"s3://{object_store.bucket}/nothing.csv")

    with pytest.raises(Refused, match="not there"):
        bench.ingest()


def test_a_store_that_is_not_there_may_be_tried_again(bench: Workbench) -> None:
    endpoint = f"http://127.0.0.1:{free_ports(1)[0]}"
    bench.store = S3Settings(
        endpoint_url=endpoint, access_key=SecretStr("key"), secret_key=SecretStr("secret")
    )
    bench.take_from("s3://bucket/x.csv")

    with pytest.raises(Unavailable, match="could not be read"):
        bench.ingest()
