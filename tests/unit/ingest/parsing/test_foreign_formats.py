"""A file of another format is named, with what makes a table of it."""

import bz2
import gzip
import lzma
import zipfile
from io import BytesIO
from pathlib import Path

import pandas as pd
import pytest
from tests.unit.ingest.support.second_version import second_version
from tests.unit.ingest.support.tables import csv_of, labels

from rookery_core.errors import Refused
from rookery_ingest.parsing.foreign_formats import foreign_format
from rookery_ingest.parsing.source_records import source_records
from rookery_ingest.profile.proposal import propose

N = 300
CSV = csv_of({"size": [f"{row % 91}.5" for row in range(N)], "kind": labels(N)}).encode()


def _zip(*names: str) -> bytes:
    archive = BytesIO()
    with zipfile.ZipFile(archive, "w") as file:
        for name in names:
            file.writestr(name, CSV)
    return archive.getvalue()


OTHERS = {
    "gzip": (gzip.compress(CSV), "gzip: decompress it"),
    "bzip2": (bz2.compress(CSV), "bzip2: decompress it"),
    "xz": (lzma.compress(CSV), "xz: decompress it"),
    "zip": (_zip("table.csv"), "a zip archive: unpack it"),
    "xlsx": (_zip("[Content_Types].xml", "xl/workbook.xml"), "a workbook of Excel: save the sheet"),
    "openpyxl": (_zip("docProps/app.xml"), "a workbook of Excel: save the sheet"),
    "records": (b'[\n  {"size": 1, "kind": "a"}]\n', r"read_json\(FILE\)"),
    "json lines": (b'{"size": 1, "kind": "a"}\n', r"read_json\(FILE, lines=True\)"),
    "rows": (b'[["size", "kind"], [1, "a"]]', "looks like JSON"),
    "page": (b"\n<!DOCTYPE html><html>", "looks like a page"),
    "XML": (b'<?xml version="1.0"?>', "looks like a page or XML"),
    "ARFF": (b"% Iris\n@RELATION iris\n", "looks like ARFF"),
    "SQLite": (b"SQLite format 3\0\x10\0", "a database of SQLite"),
    "Parquet by another name": (b"PAR1\x15\0\x15", r"let its name end in \.parquet"),
    "R": (b"RDX3\nX\n\0\0\0", "a file of R"),
}


@pytest.mark.parametrize(("content", "told"), OTHERS.values(), ids=OTHERS)
def test_another_format_is_named_with_its_remedy(tmp_path: Path, content: bytes, told: str) -> None:
    path = tmp_path / "table.csv"
    path.write_bytes(content)

    with pytest.raises(Refused, match=told):
        propose(path, "kind")
    with pytest.raises(Refused, match=told):
        list(source_records([content], second_version(), "table.csv"))


@pytest.mark.parametrize("lines", [False, True], ids=["records", "lines"])
def test_the_remedy_for_json_makes_a_table_of_it(tmp_path: Path, *, lines: bool) -> None:
    frame = pd.read_csv(BytesIO(CSV))
    frame.to_json(tmp_path / "t.json", orient="records", lines=lines)
    with pytest.raises(Refused) as refusal:
        propose(tmp_path / "t.json", "kind")
    assert ("lines=True" in str(refusal.value)) == lines

    pd.read_json(tmp_path / "t.json", lines=lines).to_csv(tmp_path / "t.csv", index=False)

    assert propose(tmp_path / "t.csv", "kind").check.rows == N


@pytest.mark.parametrize(
    "header",
    ["[id],kind", "{id},kind", "<id>,kind", "BZh9,kind", "PAR1,kind", "ORC,kind", "@id,kind"],
)
def test_a_header_that_begins_alike_is_a_header(header: str) -> None:
    assert foreign_format(header.encode() + b"\n1,2\n") is None
