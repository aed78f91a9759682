"""Sources: files, the web and an object store, and how each may fail."""

import hashlib
import time
from collections.abc import Iterator

import boto3
import pytest
from botocore.config import Config
from pydantic import SecretStr
from tests.integration.ingest.support.ingested_model import IngestedModel, table
from tests.integration.ingest.support.web_server import web_server

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


def _assert_nothing_came_of_it(model: IngestedModel) -> None:
    assert model.batches() == []
    assert model.raw() == []


@pytest.mark.parametrize("path", ["good", "good?token=secret", "redirect"])
def test_a_web_address_is_read(model: IngestedModel, web: str, path: str) -> None:
    model.take_from(f"{web}/{path}")

    batch = model.ingest()

    assert (batch.loaded, batch.source_digest) == (2000, DIGEST)


def test_a_pinned_source_that_is_here_is_not_read_again(model: IngestedModel, web: str) -> None:
    model.take_from(f"{web}/good", sha256=DIGEST)
    first = model.ingest()
    model.take_from(f"{web}/status/500", sha256=DIGEST)

    second = model.ingest()

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
    model: IngestedModel, web: str, path: str, told: str
) -> None:
    model.take_from(f"{web}/{path}")

    with pytest.raises(Refused, match=told):
        model.ingest()

    _assert_nothing_came_of_it(model)


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
    model: IngestedModel, web: str, path: str, told: str
) -> None:
    model.take_from(f"{web}/{path}")
    begun = time.monotonic()

    with pytest.raises(Unavailable, match=told):
        model.ingest()

    assert time.monotonic() - begun < 20
    _assert_nothing_came_of_it(model)


def test_a_server_that_is_not_there_may_be_tried_again(model: IngestedModel) -> None:
    model.take_from(f"http://127.0.0.1:{free_ports(1)[0]}/x.csv")

    with pytest.raises(Unavailable, match="could not be read"):
        model.ingest()


def test_a_source_without_end_is_cut_at_its_size(model: IngestedModel, web: str) -> None:
    model.take_from(f"{web}/endless", max_bytes=1_000_000)

    with pytest.raises(Refused, match="more than 1000000 bytes"):
        model.ingest()

    _assert_nothing_came_of_it(model)


@pytest.mark.parametrize("pinned", ["0" * 64, DIGEST])
def test_other_content_than_the_pinned_is_refused_before_anything_is_kept(
    model: IngestedModel, pinned: str
) -> None:
    model.write(CONTENT + table(good=1).encode())
    model.take_from(f"file:{model.file}", sha256=pinned)

    with pytest.raises(Refused, match=f"the spec pins {pinned}"):
        model.ingest()

    _assert_nothing_came_of_it(model)


@pytest.mark.parametrize("form", ["file:{}", "file://{}", "file://localhost{}"])
def test_a_file_is_read(model: IngestedModel, form: str) -> None:
    model.write(CONTENT)
    model.take_from(form.format(model.file))

    assert model.ingest().loaded == 2000


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
def test_an_address_of_nothing_is_refused(model: IngestedModel, url: str, told: str) -> None:
    model.take_from(url)

    with pytest.raises(Refused, match=told):
        model.ingest()


def test_the_shipped_file_is_read(model: IngestedModel) -> None:
    model.take_from("package:penguins_size.csv")

    assert model.ingest().loaded == 344


def test_an_object_is_read(model: IngestedModel, object_store: ObjectStore) -> None:
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
    model.store = store
    model.take_from(f"s3://{object_store.bucket}/data/a b?.csv", sha256=DIGEST)

    assert model.ingest().loaded == 2000


def test_an_object_that_is_not_there_is_refused(
    model: IngestedModel, object_store: ObjectStore
) -> None:
    model.store = object_store.settings
    model.take_from(f"s3://{object_store.bucket}/nothing.csv")

    with pytest.raises(Refused, match="not there"):
        model.ingest()


def test_a_store_that_is_not_there_may_be_tried_again(model: IngestedModel) -> None:
    endpoint = f"http://127.0.0.1:{free_ports(1)[0]}"
    model.store = S3Settings(
        endpoint_url=endpoint, access_key=SecretStr("key"), secret_key=SecretStr("secret")
    )
    model.take_from("s3://bucket/x.csv")

    with pytest.raises(Unavailable, match="could not be read"):
        model.ingest()
