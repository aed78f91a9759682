"""The glossary holds for the code: homes exist, retired names are gone, each room has its map."""

import ast
import re
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest
from tests.some import some

ROOT = Path(__file__).parents[2]
GLOSSARY = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8")
HOMES = {
    "": "rookery_trainer",
    "api": "rookery_api",
    "core": "rookery_core",
    "ingest": "rookery_ingest",
    "local": "rookery_local",
    "python": "rookery",
    "runtime": "rookery_runtime",
}
"""By the prefix of a home's path, the package that it is in."""
PACKAGES = {
    "rookery_api": (50, 7, 30),
    "rookery_core": (20, 2, 8),
    "rookery_ingest": (20, 4, 20),
    "rookery_local": (50, 6, 20),
    "rookery_runtime": (20, 3, 7),
    "rookery_trainer": (50, 6, 30),
}
"""Packages whose names are looked at; how many modules, rooms, retired names each has at least."""


def folder_of(package: str) -> Path:
    """Finds the folder of the package's modules."""
    spec = find_spec(package)
    assert spec is not None
    assert spec.origin is not None
    return Path(spec.origin).parent


def table_rows(heading: str) -> list[list[str]]:
    """Reads the cells of the table below a heading."""
    part = GLOSSARY.partition(f"# {heading}\n")[2].partition("\n## ")[0]
    lines = [line for line in part.splitlines() if line.startswith("| ")]
    return [[cell.strip() for cell in line.strip("| ").split(" | ")] for line in lines[2:]]


def quoted(cell: str) -> list[str]:
    """Lists what stands between back quotes."""
    return re.findall(r"`([^`]+)`", cell)


def retired(package: str) -> set[str]:
    """Reads the names that the package must not have."""
    return {
        name
        for owner, names, _ in table_rows("Retired names")
        if quoted(owner) == [package]
        for name in quoted(names)
    }


def names_of(module: Path) -> Iterator[str]:
    """Yields the module's file name and all it defines, except local variables."""
    yield module.name
    tree = ast.parse(module.read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        match node:
            case (
                ast.ClassDef(name=name)
                | ast.FunctionDef(name=name)
                | ast.AsyncFunctionDef(name=name)
            ):
                yield name
            case ast.arg(arg=name):
                yield name
            case ast.Attribute(value=ast.Name(id="self"), attr=name, ctx=ast.Store()):
                yield name
    classes = [node for node in ast.walk(tree) if isinstance(node, ast.ClassDef)]
    for body in (tree.body, *(node.body for node in classes)):
        for statement in body:
            match statement:
                case (
                    ast.AnnAssign(target=ast.Name(id=name))
                    | ast.Assign(targets=[ast.Name(id=name)])
                ):
                    yield name


def test_every_word_has_a_home_that_is_there() -> None:
    roots = {prefix: folder_of(package) for prefix, package in HOMES.items()}

    homes = [quoted(home)[0] for _, _, home in table_rows("Glossary")]

    assert len(homes) > 50
    for home in homes:
        member, _, path = home.rpartition(":")
        assert (roots[member] / path).is_file(), home


def test_words_are_in_the_order_of_the_alphabet_and_said_once() -> None:
    words = [word for word, _, _ in table_rows("Glossary")]

    assert words == sorted(set(words))


@pytest.mark.parametrize("package", PACKAGES)
def test_retired_names_are_not_in_the_code(package: str) -> None:
    folder, old = folder_of(package), retired(package)

    modules = list(folder.rglob("*.py"))
    found = {
        f"{module.relative_to(folder)}: {name}"
        for module in modules
        for name in names_of(module)
        if name in old or name.lstrip("_") in old
    }

    least_modules, _, least_names = PACKAGES[package]
    assert len(old) >= least_names
    assert len(modules) >= least_modules
    assert not found


@pytest.mark.parametrize("package", PACKAGES)
def test_each_room_has_a_map_of_its_modules(package: str) -> None:
    rooms = [path.parent for path in folder_of(package).glob("*/**/__init__.py")]

    assert len(rooms) >= PACKAGES[package][1]
    for room in some(rooms, when=PACKAGES[package][1] > 0):
        tree = ast.parse((room / "__init__.py").read_text(encoding="utf-8"))
        text = ast.get_docstring(tree) or ""
        listed = [name for line in re.findall(r"^- (`[^:]+):", text, re.M) for name in quoted(line)]
        modules = [path.stem for path in room.glob("*.py") if path.stem != "__init__"]
        inner = [f"{path.parent.name}/" for path in room.glob("*/__init__.py")]
        assert sorted(listed) == sorted(modules + inner), room.name
        assert len(tree.body) == 1, f"{room.name}/__init__.py holds more than its map"
