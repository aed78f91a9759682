"""Data that are stored by their content, in a real object store."""

import hashlib
import io
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from botocore.config import Config
from rich.console import Console
from tools.checkout import ROOT

from rookery_core.errors import Refused
from rookery_core.object_store import s3_client
from rookery_core.spec.spec_yaml import parse_spec
from rookery_local.cluster.upload import content_of, put_content
from rookery_local.console.report import ProgressLines
from rookery_local.kind.model_addition import pinned_addition
from rookery_local.servers.object_store import ObjectStore

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

WINE = ROOT / "examples" / "wine.yaml"


@pytest.fixture
def store(object_store: ObjectStore) -> "S3Client":
    return s3_client(object_store.settings, Config(proxies={}))


@pytest.fixture
def spec_file(tmp_path: Path) -> Path:
    """The example's spec, without its pin."""
    path = tmp_path / "wine.yaml"
    lines = WINE.read_text().splitlines(keepends=True)
    path.write_text("".join(line for line in lines if "sha256" not in line))
    return path


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A file that no other test has."""
    path = tmp_path / "Data.CSV"
    path.write_text(f"a,b\n{tmp_path},1\n")
    return path


def counted() -> tuple[list[int], Callable[[int], None]]:
    sent: list[int] = []
    return sent, sent.append


def test_data_are_stored_under_their_hash_once(
    store: "S3Client", object_store: ObjectStore, data: Path
) -> None:
    sent, on_bytes = counted()
    digest = hashlib.sha256(data.read_bytes()).hexdigest()

    first = put_content(store, content_of(data), object_store.bucket, on_bytes)
    second = put_content(store, content_of(data), object_store.bucket, on_bytes)

    assert first == second == f"s3://{object_store.bucket}/{digest}.csv"
    assert sum(sent) == data.stat().st_size
    found = store.get_object(Bucket=object_store.bucket, Key=f"{digest}.csv")["Body"].read()
    assert found == data.read_bytes()


def test_data_that_change_while_they_are_sent_are_refused_and_not_kept(
    store: "S3Client", object_store: ObjectStore, data: Path
) -> None:
    content = content_of(data)

    def change(_count: int) -> None:
        data.write_text("other")

    with pytest.raises(Refused, match=r"Data\.CSV was changed while it was sent"):
        put_content(store, content, object_store.bucket, change)

    listed = store.list_objects_v2(Bucket=object_store.bucket, Prefix=content.sha256)
    assert listed["KeyCount"] == 0


def test_the_spec_of_an_addition_pins_what_was_stored(
    store: "S3Client", object_store: ObjectStore, data: Path, spec_file: Path
) -> None:
    said = io.StringIO()
    report = ProgressLines(Console(file=said, width=300))

    first = pinned_addition(store, spec_file, data, object_store.bucket, report)
    again = pinned_addition(store, spec_file, data, object_store.bucket, report)

    spec, before = parse_spec(first.spec, "it"), parse_spec(spec_file.read_text(), "it")
    digest = hashlib.sha256(data.read_bytes()).hexdigest()
    assert (spec.source.url, spec.source.sha256) == (
        f"s3://{object_store.bucket}/{digest}.csv",
        digest,
    )
    assert spec.model_copy(update={"source": before.source}) == before
    assert (first.name, again) == ("wine", first)
    assert f"{digest}.csv is there already" in said.getvalue()


def test_a_spec_that_pins_another_content_is_refused_and_nothing_is_stored(
    store: "S3Client", object_store: ObjectStore, data: Path
) -> None:
    report = ProgressLines(Console(file=io.StringIO()))

    with pytest.raises(Refused, match=r"name the file that it pins, or remove source\.sha256"):
        pinned_addition(store, WINE, data, object_store.bucket, report)

    key = content_of(data).key
    listed = store.list_objects_v2(Bucket=object_store.bucket, Prefix=key)
    assert listed["KeyCount"] == 0
