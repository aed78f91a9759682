"""Files of a folder of specs that are no specs, whatever program looks into the folder."""

import json
import os
from collections.abc import Callable, Mapping
from pathlib import Path

from rookery_core.spec.catalog import load_catalog

MODEL = "bad"
"""The model that each of them means."""
_LAUGHS = "\n".join(
    ["a0: &a0 [ha]", *(f"a{n}: &a{n} [{','.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 12))]
)


def changed(**changes: object) -> str:
    """The shipped spec of sex as one of `bad`, with other keys; None takes one out."""
    document = load_catalog()["sex"].model_dump(mode="json") | {"name": MODEL} | changes
    return json.dumps({key: value for key, value in document.items() if value is not None})


def _text(text: str) -> Callable[[Path], object]:
    return lambda path: path.write_text(text)


def _huge(path: Path) -> None:
    path.touch()
    os.truncate(path, 2**40)


BAD_FILES: Mapping[str, tuple[str, Callable[[Path], object]]] = {
    "invalid": ("is not YAML", _text("name: [")),
    "list": ("is not a model spec", _text("[a, b]")),
    "word": ("is not a model spec", _text("hello")),
    "empty": ("is not a model spec", _text("")),
    "duplicate keys": ("twice", _text("name: bad\nname: worse")),
    "date": ("quote dates", _text("name: bad\ntitle: 2026-01-01")),
    "impossible date": ("month", _text("name: bad\ntitle: 2026-13-01")),
    "estimator": ("estimator: ", _text(changed(estimator="magic_forest"))),
    "target": ("target: ", _text(changed(target=None))),
    "feature": ("features[0]: ", _text(changed(features=["wingspan"]))),
    "null": ("is not a model spec", _text("name: bad\nsource: null\ncolumns: null")),
    "reserved name": ("name: ", _text(changed(name="quarantine"))),
    "name of another form": ("name: ", _text(changed(name="Bad Model"))),
    "name that is a number": ("name: ", _text(changed(name=7))),
    "large": ("larger than", lambda path: path.write_bytes(b"#" * 5_000_000)),
    "without end": ("larger than", _huge),
    "not UTF-8": ("UTF-8", lambda path: path.write_bytes(b"\xff\xfe\x00")),
    "deep": ("nested", _text("[" * 100_000)),
    "billion laughs": ("expanded", _text(_LAUGHS)),
    "long number": ("a number", _text(f"name: bad\ntrials: {'1' * 100_000}")),
    "many keys": ("more", _text("\n".join(f"key{n}: 1" for n in range(50_000)))),
    "folder": ("not a regular file", lambda path: path.mkdir()),
    "loop": ("symbolic links", lambda path: path.symlink_to(path.name)),
    "dangling": ("No such file", lambda path: path.symlink_to("nowhere")),
    "pipe": ("not a regular file", os.mkfifo),
    "device": ("not a regular file", lambda path: path.symlink_to("/dev/zero")),
}
"""By what it is: what is said of it, and what makes it at a path."""
