"""Costly requests: within every limit of the API, and as much work as their bytes can make.

They are for the wide model (`wide_model.py`). Some are right; most are wrong in one way, a
thousand times.
"""

import gzip
import json
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import shake_256
from typing import Any

from tools.harness.costly.wide_model import CATEGORIES, NUMBERS, VALUES, wide_row

JSON, CSV = "application/json", "text/csv"
MAX_BODY = 1024 * 1024
MAX_BATCH = 1000
HEADER_LENGTH = "Inference-Header-Content-Length"


@dataclass(frozen=True)
class Costly:
    """A request, and what it is answered with."""

    name: str
    status: int
    path: str
    body: bytes = b""
    media: str = JSON
    json_bytes: int | None = None
    """Where binary tensors begin; None where there are none."""
    coding: str | None = None
    """The body's content coding; None for a plain one."""
    method: str = "POST"
    management: bool = False
    """Whether it goes to the management port."""

    @property
    def headers(self) -> dict[str, str]:
        """Returns the request's own headers."""
        found = {"Content-Type": self.media}
        if self.json_bytes is not None:
            found[HEADER_LENGTH] = str(self.json_bytes)
        if self.coding is not None:
            found["Content-Encoding"] = self.coding
        return found


def costly_requests(model: str) -> list[Costly]:
    """Returns all of them; no body is larger than the limit."""
    found = [
        *predictions(f"/predict/{model}"),
        *documents(f"/predict/{model}"),
        *invocations(f"/invocations/{model}"),
        *files(f"/invocations/{model}"),
        *inferences(f"/v2/models/{model}/infer"),
        *compressed(f"/predict/{model}"),
        *(Costly(f"GET {path}", 200, path, method="GET") for path in ("/models", "/openapi.json")),
        Costly("GET /metrics", 200, "/metrics", method="GET", management=True),
        Costly("GET /healthz", 200, "/healthz", method="GET", management=True),
        Costly("GET /models/{model}", 200, f"/models/{model}", method="GET"),
        Costly("GET /v2/models/{model}", 200, f"/v2/models/{model}", method="GET"),
    ]
    assert all(len(request.body) <= MAX_BODY for request in found)
    return found


def dumped(value: object) -> bytes:
    """Writes JSON without spaces."""
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode()


def filled(head: str, item: str, tail: str) -> bytes:
    """Repeats the item as often as fits, with commas between."""
    count = (MAX_BODY - len(head.encode()) - len(tail.encode())) // (len(item.encode()) + 1)
    return (head + ",".join([item] * count) + tail).encode()


def keys(count: int, value: str = "0") -> str:
    """Writes an object of so many unknown keys."""
    return "{" + ",".join(f'"{number:x}":{value}' for number in range(count)) + "}"


def compressed(path: str) -> Iterator[Costly]:
    """Yields bodies that become as much as they may, much more, or nothing at all."""
    row = dumped({"instances": [wide_row()] * MAX_BATCH})
    yield Costly("full batch, compressed", 200, path, gzip.compress(row), coding="gzip")
    yield Costly("full batch, deflated", 200, path, zlib.compress(row), coding="deflate")
    unknown = gzip.compress(keys(105_000).encode())
    yield Costly("one row of unknown keys, compressed", 422, path, unknown, coding="gzip")
    # Zeros become a thousandth: this is nearly as large a bomb as fits.
    coder = zlib.compressobj(wbits=16 + zlib.MAX_WBITS)
    bomb = b"".join(coder.compress(b"0" * MAX_BODY) for _ in range(900)) + coder.flush()
    yield Costly("a bomb", 413, path, bomb, coding="gzip")
    nothing = gzip.compress(b"")
    members = nothing * (MAX_BODY // len(nothing))
    yield Costly("members of nothing", 400, path, members, coding="gzip")
    # Stored blocks of no bytes (RFC 1951, 3.2.4).
    blocks = nothing[:10] + b"\x00\x00\x00\xff\xff" * (MAX_BODY // 5 - 10)
    yield Costly("blocks of nothing", 400, path, blocks, coding="gzip")
    noise = gzip.compress(shake_256(b"noise").digest(MAX_BODY - 1000))
    yield Costly("noise, compressed", 400, path, noise, coding="gzip")
    yield Costly("noise, cut at its end", 400, path, noise[:-9], coding="gzip")


def predictions(path: str) -> Iterator[Costly]:
    """Yields right and wrong batches and rows."""
    row = wide_row()
    yield Costly("full batch", 200, path, dumped({"instances": [row] * MAX_BATCH}))
    yield Costly(
        "full batch, each row wrong in its last field",
        422,
        path,
        dumped({"instances": [{**row, CATEGORIES[-2]: "pink"}] * MAX_BATCH}),
    )
    last = [*[row] * (MAX_BATCH - 1), {**row, NUMBERS[0]: -1}]
    yield Costly("full batch, last row wrong", 422, path, dumped({"instances": last}))
    wrong: dict[str, list[object]] = {name: [] for name in row}
    yield Costly("all values wrong", 422, path, dumped({"instances": [wrong] * MAX_BATCH}))
    yield Costly("rows of empty objects", 422, path, dumped({"instances": [{}] * MAX_BATCH}))
    long = {**row, CATEGORIES[-1]: "x" * 300}
    yield Costly("long texts", 422, path, dumped({"instances": [long] * MAX_BATCH}))
    yield Costly("one row of unknown keys", 422, path, keys(105_000).encode())
    rows = ",".join([keys(100)] * MAX_BATCH)
    yield Costly("1,000 rows of 100 unknown keys", 422, path, f'{{"instances":[{rows}]}}'.encode())
    known = dumped(row)[1:-1].decode()
    more = ",".join([f"{{{known},{keys(40)[1:]}"] * MAX_BATCH)
    yield Costly(
        "40 unknown keys beside the known", 422, path, f'{{"instances":[{more}]}}'.encode()
    )
    yield Costly("zeros as instances", 413, path, filled('{"instances":[', "0", "]}"))
    yield Costly("objects as instances", 413, path, filled('{"instances":[', "{}", "]}"))
    yield Costly(
        "keys beside instances", 422, path, b'{"instances":[{}],' + keys(100_000).encode()[1:]
    )


def documents(path: str) -> Iterator[Costly]:
    """Yields whatever JSON, or nearly JSON, can hold."""
    deep = "[" * 190 + "]" * 190
    yield Costly("too deep", 400, path, b"[" * MAX_BODY)
    yield Costly("objects too deep", 400, path, b'{"a":' * (MAX_BODY // 5))
    yield Costly("deep lists", 422, path, filled('{"a":[', deep, "]}"))
    yield Costly(
        "deep lists, and braces in a text", 422, path, filled('{"b":":{","a":[', deep, "]}")
    )
    objects = '{"":' * 90 + "0" + "}" * 90
    yield Costly("deep objects", 422, path, filled('{"a":[', objects, "]}"))
    yield Costly(
        "deep objects, colons in a text", 422, path, filled('{"b":":{","a":[', objects, "]}")
    )
    yield Costly("lists in lists", 422, path, filled("[", "[[]]", "]"))
    yield Costly("objects of one key", 422, path, filled('{"b":"{:","a":[', '{"":{}}', "]}"))
    yield Costly("key again and again", 422, path, filled("{", '"a":0', "}"))
    yield Costly("key twice among many", 422, path, b'{"0":0,' + keys(100_000).encode()[1:])
    yield Costly("key twice below", 422, path, filled('{"a":[', '{"a":0,"a":0}', "]}"))
    yield Costly("texts of colons", 422, path, filled('{"a":[', '":"', "]}"))
    yield Costly("texts of escapes", 422, path, filled('{"a":[', '":\\""', "]}"))
    yield Costly("one long text", 422, path, b'{"a":"' + b":" * (MAX_BODY - 8) + b'"}')
    yield Costly("escapes", 422, path, b'{"a":"' + b"\\u0041" * 170_000 + b'"}')
    yield Costly("backslashes", 422, path, b'{"a":":' + b"\\\\" * 520_000 + b'"}')
    yield Costly("many digits", 400, path, b'{"n00":' + b"1" * 1_000_000 + b"}")
    yield Costly("numbers of many digits", 422, path, filled('{"a":[', "1" * 4000, "]}"))
    yield Costly("many decimals", 422, path, b'{"n00":0.' + b"1" * 1_000_000 + b"}")
    yield Costly("large exponent", 422, path, b'{"n00":1e' + b"1" * 1_000_000 + b"}")
    yield Costly("NaN at the end", 422, path, filled('{"a":[', "0", ",NaN]}"))
    yield Costly("nearly NaN", 400, path, filled('["', "xNaNx", '" x'))
    yield Costly("lone surrogate at the end", 422, path, filled('{"a":[', "0", ',"\\ud800"]}'))
    yield Costly("white space", 400, path, b" \n" * (MAX_BODY // 2))
    yield Costly("white space round a row", 200, path, dumped(wide_row()) + b" " * 1_000_000)
    yield Costly("list of zeros", 422, path, filled("[", "0", "]"))
    yield Costly("garbage at the end", 400, path, filled('{"a":[', "{}", "]}x"))
    yield Costly("not UTF-8 at the end", 400, path, b'{"a":"' + b"x" * 1_000_000 + b'\xff"}')


def invocations(path: str) -> Iterator[Costly]:
    """Yields the four shapes of MLflow's protocol."""
    row = wide_row()
    names, values = list(row), list(row.values())
    batch = [row] * MAX_BATCH
    yield Costly("records: full", 200, path, dumped({"dataframe_records": batch}))
    yield Costly("instances: full", 200, path, dumped({"instances": [values] * MAX_BATCH}))
    data = [values] * MAX_BATCH
    yield Costly(
        "split: full", 200, path, dumped({"dataframe_split": {"columns": names, "data": data}})
    )
    columns = {name: [value] * MAX_BATCH for name, value in row.items()}
    yield Costly("inputs: full", 200, path, dumped({"inputs": columns}))
    nested = {name: [[value]] * MAX_BATCH for name, value in row.items()}
    yield Costly("inputs: full, nested", 200, path, dumped({"inputs": nested}))
    many = {**{f"x{number}": [0] * MAX_BATCH for number in range(300)}, **columns}
    yield Costly("inputs: 300 more columns", 200, path, dumped({"inputs": many}))
    yield Costly("inputs: 100,000 more scalars", 200, path, beside("inputs", row, 80_000))
    wide = {
        "columns": [*names, *map(str, range(300))],
        "data": [[*values, *[0] * 300]] * MAX_BATCH,
    }
    yield Costly("split: 300 more columns", 200, path, dumped({"dataframe_split": wide}))
    one = {"columns": [*names, *map(str, range(100_000))], "data": [[*values, *[0] * 100_000]]}
    yield Costly("split: 100,000 more columns", 200, path, dumped({"dataframe_split": one}))
    index = f'{{"dataframe_split":{{"columns":{json.dumps(names)},"data":[{json.dumps(values)}],'
    deep = "[" * 190 + "]" * 190
    yield Costly("split: deep index", 200, path, filled(index + '"index":[', deep, "]}}"))
    yield Costly(
        "params: deep",
        200,
        path,
        filled(f'{{"instances":[{json.dumps(row)}],"params":[', deep, "]}"),
    )
    more = {**row, **{f"x{number}": {"a": [0]} for number in range(30)}}
    yield Costly("records: objects beside", 200, path, dumped({"dataframe_records": [more] * 800}))
    yield Costly("records: zeros", 413, path, filled('{"dataframe_records":[', "0", "]}"))
    split = '{"dataframe_split":{"columns":["a"],"data":['
    yield Costly("split: rows of one", 413, path, filled(split, "[1]", "]}}"))
    yield Costly("split: empty rows", 413, path, filled(split, "[]", "]}}"))
    yield Costly(
        "split: columns of one name",
        422,
        path,
        filled('{"dataframe_split":{"data":[],"columns":[', '"a"', "]}}"),
    )
    yield Costly("inputs: one long column", 413, path, filled('{"inputs":{"a":[', "1", "]}}"))
    yield Costly("inputs: nested long column", 413, path, filled('{"inputs":{"a":[', "[1]", "]}}"))
    yield Costly("inputs: empty columns", 422, path, f'{{"inputs":{keys(90_000, "[]")}}}'.encode())
    yield Costly("inputs: scalars", 422, path, f'{{"inputs":{keys(100_000)}}}'.encode())
    yield Costly("four shapes and more", 422, path, keys(100_000).encode())


def beside(shape: str, row: dict[str, Any], count: int) -> bytes:
    """Writes a row of the shape with so many columns beside it."""
    return dumped({shape: {**{f"x{number:x}": 0 for number in range(count)}, **row}})


def files(path: str) -> Iterator[Costly]:
    """Yields CSV."""
    row = wide_row()
    head = ",".join(row)
    line = ",".join("" if value is None else str(value) for value in row.values())

    def file(name: str, status: int, text: str) -> Costly:
        return Costly(f"CSV: {name}", status, path, text.encode()[:MAX_BODY], CSV)

    yield file("full", 200, "\n".join([head, *[line] * MAX_BATCH]))
    more, values = ",".join(map(str, range(300))), ",".join("0" * 300)
    yield file(
        "300 more columns", 200, "\n".join([f"{head},{more}", *[f"{line},{values}"] * MAX_BATCH])
    )
    names, zeros = ",".join(map(str, range(100_000))), ",".join("0" * 100_000)
    yield file("100,000 more columns", 200, f"{head},{names}\n{line},{zeros}\n")
    yield file("blank lines", 200, f"{head}\n" + "\n" * 1_000_000 + f"{line}\n")
    yield file("short lines", 413, "a\n" * (MAX_BODY // 2))
    yield file("lines of one bare return", 413, "a\r" * (MAX_BODY // 2))
    yield file("header alone", 422, ",".join(f"{number:x}" for number in range(170_000)))
    yield file("commas", 400, "," * MAX_BODY)
    yield file("quotes", 400, '"' * MAX_BODY)
    yield file("quoted fields", 400, '"a",' * (MAX_BODY // 4))
    yield file("long lines of another length", 400, f"{head}\n" + (zeros + "\n") * 5)
    yield file("long numbers", 422, f"{head}\n" + (line.replace("12.5", "1" * 500) + "\n") * 60)
    yield file("wrong values", 422, "\n".join([head, *[line.replace("blue", "pink")] * MAX_BATCH]))


def inferences(path: str) -> Iterator[Costly]:
    """Yields requests of the Open Inference Protocol."""
    inputs = tensors(MAX_BATCH)
    yield Costly("v2: full", 200, path, dumped({"inputs": inputs}))
    nested = [{**tensor, "data": [[value] for value in tensor["data"]]} for tensor in inputs]
    yield Costly("v2: full, nested", 200, path, dumped({"inputs": nested}))
    binary = {"binary_data_output": True}
    yield Costly(
        "v2: full, binary answer", 200, path, dumped({"inputs": inputs, "parameters": binary})
    )
    yield packed(path, "FP32", "<f4")
    yield packed(path, "FP64", "<f8")
    single = json.dumps(tensors(1), separators=(",", ":"))
    outputs = f'{{"inputs":{single},"outputs":['
    yield Costly("v2: an output again", 200, path, filled(outputs, '{"name":"label"}', "]}"))
    named = '{"name":"label","parameters":{}}'
    yield Costly("v2: an output with parameters", 200, path, filled(outputs, named, "]}"))
    head = f'{{"inputs":{single},'
    yield Costly("v2: a long id", 200, path, filled(head + '"id":"', "a", '"}'))
    deep = "[" * 190 + "]" * 190
    yield Costly(
        "v2: deep parameters", 200, path, filled(head + '"parameters":{"a":[', deep, "]}}")
    )
    some = ",".join(f'{{"name":"{number:x}","data":[]}}' for number in range(40_000))
    yield Costly("v2: many inputs", 400, path, f'{{"inputs":[{some}]}}'.encode())
    yield Costly("v2: nulls as inputs", 400, path, filled('{"inputs":[', "null", "]}"))
    first = '{"inputs":[{"name":"n00","datatype":"FP32","shape":[1,1],"data":['
    yield Costly("v2: more data than rows", 400, path, filled(first, "1", "]}]}"))
    yield Costly("v2: more nested data than rows", 400, path, filled(first, "[1]", "]}]}"))
    shape = '{"inputs":[{"name":"n00","datatype":"FP32","data":[1],"shape":['
    yield Costly("v2: a long shape", 400, path, filled(shape, "1", "]}]}"))
    empty = texts(MAX_BODY - 1000)
    yield Costly("v2: empty texts", 400, path, *empty)


def tensors(rows: int) -> list[dict[str, Any]]:
    """Makes the inputs of so many rows, without the optional category."""
    common = {"shape": [rows, 1]}
    return [
        *({"name": n, "datatype": "FP32", **common, "data": [12.5] * rows} for n in NUMBERS),
        *(
            {"name": c, "datatype": "BYTES", **common, "data": [VALUES[0]] * rows}
            for c in CATEGORIES[:-1]
        ),
    ]


def packed(path: str, datatype: str, number: str) -> Costly:
    """Makes a full batch of binary tensors."""
    text = VALUES[0].encode()
    columns = [
        (
            NUMBERS,
            datatype,
            struct.pack(
                f"{number[0]}{MAX_BATCH}{'f' if '4' in number else 'd'}", *[12.5] * MAX_BATCH
            ),
        ),
        (CATEGORIES[:-1], "BYTES", (struct.pack("<I", len(text)) + text) * MAX_BATCH),
    ]
    inputs, tail = [], b""
    for names, kind, data in columns:
        for name in names:
            size = {"binary_data_size": len(data)}
            inputs.append(
                {"name": name, "datatype": kind, "shape": [MAX_BATCH, 1], "parameters": size}
            )
            tail += data
    head = dumped({"inputs": inputs})
    return Costly(
        f"v2: full, binary {datatype}",
        200,
        path,
        head + tail,
        "application/octet-stream",
        len(head),
    )


def texts(size: int) -> tuple[bytes, str, int]:
    """Makes a binary tensor of empty texts: body, media type, and where the tensor begins."""
    size -= size % 4
    tensor = {"name": CATEGORIES[0], "datatype": "BYTES", "shape": [MAX_BATCH, 1]}
    head = dumped({"inputs": [{**tensor, "parameters": {"binary_data_size": size}}]})
    return head + b"\0" * size, "application/octet-stream", len(head)
