"""Parquet sources: from a file, the web and an object store, whole or refused."""

import hashlib
import json
import resource
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import boto3
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from botocore.config import Config
from tests.integration.ingest.support.source_rows import SETTINGS, rows_of
from tests.integration.ingest.support.web_server import web_server
from tests.unit.ingest.support.second_version import second_version

from rookery_core.errors import Refused
from rookery_core.spec.model_spec import ModelSpec
from rookery_local.servers.object_store import ObjectStore

MEBIBYTE = 1024**2


def _spec(url: str, *names: str, **source: Any) -> ModelSpec:
    return second_version(*(names or ("size",)), source={"url": url, **source})


def _written(path: Path, columns: dict[str, Any], **options: Any) -> str:
    pq.write_table(pa.table(columns), path, **options)
    return f"file:{path}"


def _small(path: Path, **options: Any) -> str:
    return _written(path, {"size": [1.5, None], "Label": ["yes", "no"], "note": [1, 2]}, **options)


def test_every_usual_type_becomes_the_text_that_a_csv_has(tmp_path: Path) -> None:
    noon = datetime.fromisoformat("2026-01-31T12:00:00")
    columns = {
        "whole": pa.array([1, None, 2**62]),
        "small": pa.array([1, None, 3], pa.uint8()),
        "float": pa.array([0.1, float("nan"), float("inf")]),
        "single": pa.array([0.1, 1e-3, None], pa.float32()),
        "half": pa.array([0.5, None, 2], pa.float16()),
        "exact": pa.array([Decimal("1.50"), None, Decimal("-2.00")]),
        "truth": pa.array([True, None, False]),
        "day": pa.array([date(2026, 1, 31), None, date(1900, 1, 1)]),
        "naive": pa.array([noon, None, noon.replace(microsecond=5)]),
        "seconds": pa.array([noon, None, noon], pa.timestamp("s")),
        "zoned": pa.array([noon.replace(tzinfo=UTC), None, None], pa.timestamp("ns", "Asia/Tokyo")),
        "text": pa.array(['a "b", c', None, "é\n"]),
        "large": pa.array(["x", None, ""], pa.large_string()),
        "coded": pa.array(["u", None, "u"]).dictionary_encode(),
        "none": pa.nulls(3),
        "%s": pa.array([1, 2, 3]),
        "label": pa.array(["no", "yes", "no"]),
        "size": pa.array([1, 2, 3]),
    }
    url = _written(tmp_path / "x.parquet", columns)

    found = rows_of(_spec(url))

    assert json.loads(found.header) == sorted(columns)
    rows = [json.loads(text) for text in found.texts]
    assert [list(row) for row in rows] == [sorted(columns)] * 3
    assert {name: [row[name] for row in rows] for name in columns} == {
        "whole": [1, None, 2**62],
        "small": [1, None, 3],
        "float": [0.1, None, "Infinity"],
        "single": [0.1, 0.001, None],
        "half": [0.5, None, 2.0],
        "exact": [1.5, None, -2.0],
        "truth": [True, None, False],
        "day": ["2026-01-31", None, "1900-01-01"],
        "naive": ["2026-01-31T12:00:00", None, "2026-01-31T12:00:00.000005"],
        "seconds": ["2026-01-31T12:00:00", None, "2026-01-31T12:00:00"],
        "zoned": ["2026-01-31T12:00:00+00:00", None, None],
        "text": ['a "b", c', None, "é\n"],
        "large": ["x", None, ""],
        "coded": ["u", None, "u"],
        "none": [None, None, None],
        "%s": [1, 2, 3],
        "label": ["no", "yes", "no"],
        "size": [1, 2, 3],
    }
    assert '"exact":1.50' in found.texts[0]


@pytest.mark.parametrize(
    "options",
    [{}, {"row_group_size": 1}, {"compression": "gzip"}, {"use_dictionary": False}],
    ids=["plain", "row groups", "gzip", "no dictionary"],
)
def test_the_digest_is_that_of_the_rows(tmp_path: Path, options: dict[str, Any]) -> None:
    found = rows_of(_spec(_small(tmp_path / "x.parquet", **options)))
    turned = _written(
        tmp_path / "y.parquet", {"note": [1, 2], "Label": ["yes", "no"], "size": [1.5, None]}
    )

    assert found.digest == rows_of(_spec(turned)).digest
    assert (
        found.digest
        == hashlib.sha256("\n".join([found.header, *found.texts, ""]).encode()).hexdigest()
    )
    assert (len(found.hashes), found.bad, found.lines) == (2, [], [2, 3])


def test_a_row_without_any_value_is_an_empty_line(tmp_path: Path) -> None:
    url = _written(tmp_path / "x.parquet", {"size": [1, None, 2], "label": ["no", "", "yes"]})

    assert rows_of(_spec(url)).lines == [2, 4]


def test_the_web_and_an_object_store_bring_the_same(
    tmp_path: Path, object_store: ObjectStore
) -> None:
    file = tmp_path / "x.parquet"
    expected = rows_of(_spec(_small(file)))
    store = object_store.settings
    assert store.access_key is not None
    assert store.secret_key is not None
    boto3.client(
        "s3",
        endpoint_url=store.endpoint_url,
        aws_access_key_id=store.access_key.get_secret_value(),
        aws_secret_access_key=store.secret_key.get_secret_value(),
        region_name=store.region,
        config=Config(s3={"addressing_style": "path"}),
    ).put_object(Bucket=object_store.bucket, Key="x.parquet", Body=file.read_bytes())

    with web_server(file.read_bytes()) as address:
        of_web = rows_of(_spec(f"{address}/good/x.parquet?sig=secret"))
    of_store = rows_of(_spec(f"s3://{object_store.bucket}/x.parquet"), store=store)

    assert of_web == of_store == expected


def test_the_bytes_of_the_file_are_what_a_spec_pins(tmp_path: Path) -> None:
    file = tmp_path / "x.parquet"
    url = _small(file)
    pinned = hashlib.sha256(file.read_bytes()).hexdigest()

    assert len(rows_of(_spec(url, sha256=pinned)).texts) == 2
    with pytest.raises(Refused, match="has SHA-256"):
        rows_of(_spec(url, sha256="0" * 64))


@pytest.mark.parametrize(
    ("column", "told"),
    [
        (pa.array([[1], [2]]), "values of type list<"),
        (pa.array([{"a": 1}, {"a": 2}]), "values of type struct<"),
        (pa.array([b"a", b"b"]), "values of type binary"),
    ],
)
def test_what_is_no_single_value_is_refused_where_it_is_used(
    tmp_path: Path, column: pa.Array, told: str
) -> None:
    unused = _written(tmp_path / "a.parquet", {"size": [1, 2], "label": ["no"] * 2, "x": column})
    used = _written(tmp_path / "b.parquet", {"SIZE": column, "label": ["no"] * 2})

    assert len(rows_of(_spec(unused)).hashes) == 2
    with pytest.raises(Refused, match=f"{told}.*in column 'SIZE'.*write a column for each part"):
        rows_of(_spec(used))


def _broken(path: Path, change: str) -> None:
    data = path.read_bytes()
    path.write_bytes(
        {
            "empty": b"",
            "text": b"size,label\n1,no\n",
            "cut": data[:-10],
            "half": data[: len(data) // 2],
            "footer": data[:-8] + b"\xff\xff\xff\x7f" + data[-4:],
            "zeros": data[:4] + bytes(len(data) - 300) + data[-296:],
        }[change]
    )


@pytest.mark.parametrize("change", ["empty", "text", "cut", "half", "footer", "zeros"])
def test_a_damaged_file_is_refused(tmp_path: Path, change: str) -> None:
    file = tmp_path / "x.parquet"
    url = _small(file, compression="none")
    _broken(file, change)

    with pytest.raises(Refused, match=r"is no whole Parquet file|it is damaged"):
        rows_of(_spec(url))


def test_two_columns_of_one_name_are_refused(tmp_path: Path) -> None:
    table = pa.Table.from_arrays([pa.array([1])] * 2, names=["size", "size"])
    pq.write_table(table, tmp_path / "x.parquet")

    with pytest.raises(Refused, match="more than one column 'size'"):
        rows_of(_spec(f"file:{tmp_path / 'x.parquet'}"))


def _many_in_few(path: Path) -> str:
    long = pa.array(["x" * MEBIBYTE]).dictionary_encode().take(pa.array([0] * 100_000))
    return _written(path, {"size": long, "label": ["no"] * 100_000})


def _one_long(path: Path) -> str:
    columns = {"size": ["x" * 200 * MEBIBYTE], "label": ["no"]}
    plain = {"use_dictionary": False, "write_statistics": False}
    return _written(path, columns, compression="zstd", **plain)


@pytest.mark.parametrize("write", [_many_in_few, _one_long])
def test_a_small_file_that_becomes_large_is_refused_before_it_does(
    tmp_path: Path, write: Any
) -> None:
    url = write(tmp_path / "x.parquet")
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

    with pytest.raises(Refused, match=r"bytes of memory to be read.*ROOKERY_INGEST_READER_BYTES"):
        rows_of(_spec(url))

    assert (tmp_path / "x.parquet").stat().st_size < MEBIBYTE
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 64 * 1024


def test_rows_are_bounded_as_the_bytes_of_a_file_are(tmp_path: Path) -> None:
    url = _written(tmp_path / "x.parquet", {"size": pa.array([0] * 10**6), "label": ["no"] * 10**6})

    with pytest.raises(Refused, match=r"rows of .* more than 1000000 bytes.*source.max_bytes"):
        rows_of(_spec(url, max_bytes=10**6))


def test_a_wide_file_is_read_in_pieces(tmp_path: Path) -> None:
    columns = {f"c{at}": pa.array([at] * 500) for at in range(1500)}
    url = _written(tmp_path / "x.parquet", {**columns, "size": [1] * 500, "label": ["no"] * 500})

    assert len(rows_of(_spec(url)).hashes) == 500


def test_an_allowance_of_the_operator_is_kept(tmp_path: Path) -> None:
    url = _small(tmp_path / "x.parquet")
    settings = SETTINGS.model_copy(update={"reader_bytes": 1})

    with pytest.raises(Refused, match=r"needs more than 1 bytes|it is damaged, or needs more"):
        rows_of(_spec(url), settings=settings)
