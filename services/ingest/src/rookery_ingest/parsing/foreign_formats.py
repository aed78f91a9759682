"""Files that are no CSV though they hold a table: what each is, and how it becomes one."""

import re

_BEGINNINGS = {
    b"\xd0\xcf\x11\xe0": "looks like an old workbook of Excel: save the sheet as CSV",
    b"\x1f\x8b": "is compressed with gzip: decompress it, such as with gunzip",
    b"BZh": "is compressed with bzip2: decompress it, such as with bunzip2",
    b"\xfd7zXZ": "is compressed with xz: decompress it, such as with unxz",
    b"\x28\xb5\x2f\xfd": "is compressed with Zstandard: decompress it, such as with unzstd",
    b"7z\xbc\xaf": "is a 7z archive: unpack it, and give the CSV in it",
    b"PAR1": "is a Parquet file: let its name end in .parquet",
    b"ARROW1": "is an Arrow file: save it as Parquet or CSV",
    b"FEA1": "is a Feather file: save it as Parquet or CSV",
    b"Obj\x01": "is an Avro file: save it as Parquet or CSV",
    b"ORC": "is an ORC file: save it as Parquet or CSV",
    b"\x89HDF": "is an HDF5 file: save the table as Parquet or CSV",
    b"SQLite format 3": "is a database of SQLite: export the table as CSV",
    b"$FL2": "is a file of SPSS: save it as CSV",
    b"<stata_dta": "is a file of Stata: save it as CSV",
    b"RDX": "is a file of R: save it there with write.csv",
    b"%PDF": "is a PDF: give the table as CSV",
}
_PATTERNS = {
    re.compile(rb"(?s)PK\x03\x04.{26}(?:\[Content_Types\]\.xml|_rels/|xl/|docProps/|mimetype)"): (
        "looks like a workbook of Excel: save the sheet as CSV"
    ),
    re.compile(rb"PK\x03\x04"): "is a zip archive: unpack it, and give the CSV in it",
    re.compile(rb"\s*\{\s*(?:\"|\}|\Z)"): (
        "looks like JSON: save it as CSV, such as with pandas.read_json(FILE, lines=True)"
        ".to_csv(CSV, index=False)"
    ),
    re.compile(rb"\s*\[\s*(?:[\[{]|\Z)"): (
        "looks like JSON: save it as CSV, such as with pandas.read_json(FILE)"
        ".to_csv(CSV, index=False)"
    ),
    re.compile(rb"\s*<(?:!doctype|html|\?xml|table)\b", re.IGNORECASE): (
        "looks like a page or XML, no table: fetch the CSV itself"
    ),
    re.compile(rb"(?:\s*%[^\n]*\n|\s)*@relation\s", re.IGNORECASE): (
        "looks like ARFF: take out all up to @data, and give the names as a header instead"
    ),
}
"""The first one that matches tells."""
HEAD_BYTES = 512
"""How many bytes of a file tell."""


def foreign_format(head: bytes) -> str | None:
    """Says of the beginning of a file what it is and what helps; None if it may be a CSV."""
    head = head[:HEAD_BYTES]
    for beginning, what in _BEGINNINGS.items():
        if head.startswith(beginning) and not _is_text(head, beginning):
            return what
    for pattern, what in _PATTERNS.items():
        if pattern.match(head):
            return what
    return None


def _is_text(head: bytes, beginning: bytes) -> bool:
    """Tells whether letters that another format begins with are the first ones of a header."""
    line = head.partition(b"\n")[0]
    return beginning.isalnum() and line.isascii() and not re.search(rb"[\0-\x08]", head)
