"""No test passes because the collection that it goes through is empty."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.some import some

FOLDER = Path(__file__).parents[2]
FILLED = {"some", "render", "pods", "of_kind", "containers", "endpoints", "connections"} | {
    *("running", "told_to", "owners")
}
"""Functions and properties that fail rather than return nothing."""
AS_MANY = {"sorted", "reversed", "enumerate", "list", "tuple", "set", "dict", "items", "keys"} | {
    *("values", "zip", "map")
}
"""What has as many elements as it is given, or fails."""

Function = ast.FunctionDef | ast.AsyncFunctionDef


def loops_that_may_be_empty(source: str) -> list[int]:
    """The lines where something is asserted of each of a collection that may be empty."""
    functions = [each for each in ast.walk(ast.parse(source)) if isinstance(each, Function)]
    return sorted(
        collection.lineno
        for function in functions
        for collection in _gone_through(function)
        if not _filled(collection, _filled_names(function))
    )


def _gone_through(function: Function) -> Iterator[ast.expr]:
    """The collections of whose elements something is asserted."""
    for node in _own(function):
        match node:
            case ast.For() | ast.AsyncFor() if any(map(_asserts, ast.walk(node))):
                yield node.iter
            case ast.Assert(test=test):
                yield from _of_all(test)


def _of_all(test: ast.expr) -> Iterator[ast.expr]:
    """What stands in `all(...)` and `not any(...)`."""
    for node in ast.walk(test):
        match node:
            case ast.Call(func=ast.Name(id="all"), args=[collection]):
                yield collection
    match test:
        case ast.UnaryOp(ast.Not(), ast.Call(func=ast.Name(id="any"), args=[collection])):
            yield collection


def _own(function: ast.AST) -> Iterator[ast.AST]:
    """What is in the function, without the functions in it."""
    for node in ast.iter_child_nodes(function):
        if not isinstance(node, Function):
            yield node
            yield from _own(node)


def _asserts(node: ast.AST) -> bool:
    raises = isinstance(node, ast.With) and "raises" in ast.unparse(node.items[0].context_expr)
    return raises or isinstance(node, ast.Assert)


def _filled_names(function: Function) -> set[str]:
    """Local names of collections that are not empty, or the function fails."""
    found: set[str] = set()
    for node in _own(function):
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=value) if _filled(value, found):
                found.add(name)
            case ast.Assert(test=ast.Name(id=name)):
                found.add(name)
            case ast.Assert(
                test=ast.Compare(ast.Call(args=[ast.Name(id=name)]), [ast.Eq() | ast.Gt()], [than])
            ) if _filled(than, found):
                # Such as `assert len(found) == 5` and `assert set(found) == {...}`.
                found.add(name)
    return found


def _filled(collection: ast.expr, names: set[str]) -> bool:
    """Whether it is clear that something is in it; a name in capitals is a constant of a test."""
    match collection:
        case ast.Tuple(elts=elements) | ast.List(elts=elements) | ast.Set(elts=elements):
            found = any(not isinstance(e, ast.Starred) or _filled(e.value, names) for e in elements)
        case ast.Dict(keys=elements):
            found = bool(elements)
        case ast.Constant(value=value):
            found = bool(value)
        case ast.Name(id=name):
            found = name.isupper() or name in names
        case ast.Attribute(attr=name):
            found = name.isupper() or name in FILLED
        case ast.GeneratorExp(generators=loops) | ast.ListComp(generators=loops):
            found = all(not loop.ifs and _filled(loop.iter, names) for loop in loops)
        case ast.Call(func=ast.Name(id="range"), args=bounds):
            found = all(isinstance(each, ast.Constant | ast.Name | ast.BinOp) for each in bounds)
        case ast.Call(func=ast.Name(id=called) | ast.Attribute(attr=called), args=arguments):
            of = getattr(collection.func, "value", None)
            given = [*arguments, *([of] if isinstance(of, ast.expr) else [])]
            found = called in FILLED or (
                called in AS_MANY and any(_filled(each, names) for each in given)
            )
        case _:
            found = False
    return found


@pytest.mark.parametrize(
    "path", some(sorted(FOLDER.rglob("*.py"))), ids=lambda path: str(path.relative_to(FOLDER))
)
def test_what_is_asserted_of_each_is_asserted_of_one_at_least(path: Path) -> None:
    lines = loops_that_may_be_empty(path.read_text(encoding="utf-8"))

    assert lines == [], (
        f"{path}: go through `some(...)` of tests/some.py, which fails if it is empty"
    )


@pytest.mark.parametrize(
    ("collection", "empty"),
    [
        ("found", True),
        ("found()", True),
        ("found['rules']", True),
        ("sorted(found)", True),
        ("[each for each in CASES if each.good]", True),
        ("(*found, *others)", True),
        ("some(found)", False),
        ("enumerate(CASES.items())", False),
        ("zip(found, some(others), strict=True)", False),
        ("[each.name for each in CASES]", False),
        ("range(20)", False),
    ],
)
def test_a_collection_that_may_be_empty_is_found(collection: str, empty: bool) -> None:
    loop = f"def test():\n  for each in {collection}:\n    assert each"
    every = f"def test():\n  assert all(each for each in {collection})"
    none = f"def test():\n  assert not any(each for each in {collection})"

    assert [bool(loops_that_may_be_empty(source)) for source in (loop, every, none)] == [empty] * 3


@pytest.mark.parametrize("line", ["assert found", "assert len(found) == 3", "found = [1, 2]"])
def test_a_collection_that_was_looked_at_is_not(line: str) -> None:
    source = f"def test():\n  {line}\n  for each in found:\n    assert each"

    assert loops_that_may_be_empty(source) == []
