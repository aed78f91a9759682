"""No key without a reader and no reader without a key; parts one by one; what comments say."""

import re
from concurrent.futures import ThreadPoolExecutor

import pytest
from tests.chart.cases import EXISTING
from tests.chart.chart import CHART, Chart, merged, nested
from tests.chart.defaults import PARTS, all_leaves, closed_mappings, folder, values_of
from tests.chart.manifests import Object
from tests.chart.other_values import WITHOUT, another, context
from tests.some import some
from tools.generate import values_tables

READ = re.compile(r"\.Values((?:\.\w+)+)")
DEFAULTS = {
    path: value
    for path, value in all_leaves().items()
    if path.removesuffix(".enabled") not in WITHOUT
}
"""But those that say whether others' servers are there: they are left out below."""
CLOSED = some(closed_mappings())


@pytest.mark.parametrize("part", ["global", *PARTS])
def test_every_key_changes_what_is_rendered(chart: Chart, part: str) -> None:
    paths = some(path for path in DEFAULTS if path.startswith(f"{part}."))

    def unread(path: str) -> bool:
        base = merged(EXISTING, context(path))
        changed = merged(base, nested(path, another(path, DEFAULTS[path])))
        return chart.text(base) == chart.text(changed)

    with ThreadPoolExecutor(2) as pool:
        found = zip(paths, pool.map(unread, paths), strict=True)

        assert [path for path, nobody in found if nobody] == []


@pytest.mark.parametrize("part", ["", "partials", *PARTS])
def test_every_key_that_a_template_reads_has_a_default(part: str) -> None:
    umbrella = values_of("")
    known: Object = {"": umbrella, "partials": SCHEDULING}.get(part) or values_of(part)
    known = {**known, "global": umbrella["global"]}

    unknown = {
        f"{path.name}: {found}"
        for path in some((folder(part) / "templates").rglob("*.*"))
        for found in READ.findall(path.read_text(encoding="utf-8"))
        if not _has(known, found[1:].split("."))
    }

    assert unknown == set()


SCHEDULING: Object = {
    "nodeSelector": {},
    "tolerations": [],
    "affinity": {},
    "persistence": {},
    "resources": {},
}
"""What the library reads of the values of the part that calls it."""


def test_every_default_is_in_the_umbrellas_file() -> None:
    assert [*CHART.glob("charts/*/values.yaml"), *CHART.glob("charts/*/values.schema.json")] == []


def test_no_mapping_takes_an_unknown_key(chart: Chart) -> None:
    def refused(path: str) -> bool:
        return "unknownKey" in chart.refusal(nested(f"{path}.unknownKey".lstrip("."), "x"))

    with ThreadPoolExecutor(2) as pool:
        found = dict(zip(CLOSED, pool.map(refused, CLOSED), strict=True))

    assert [path for path, said in found.items() if not said] == []


def test_every_key_is_described() -> None:
    values = some(values_tables.values())

    silent = [each.path for each in values if not each.says]

    assert silent == []


def test_the_readme_has_the_tables_of_today() -> None:
    readme = values_tables.README.read_text(encoding="utf-8")

    assert readme == values_tables.written(readme), "run `make generate`"


@pytest.mark.parametrize("part", PARTS)
def test_every_part_can_be_left_out(chart: Chart, part: str) -> None:
    whole = _kinds(chart.render({"notebook": {"enabled": True}}), part)

    rest = _kinds(chart.render(WITHOUT.get(part, {part: {"enabled": False}})), part)

    assert whole
    assert rest <= {"Secret"}, "a Secret of a server is there for its clients"


def _kinds(objects: list[Object], part: str) -> set[str]:
    """The kinds of objects that the chart of the part rendered."""
    chart = f"{part}-"
    return {
        e["kind"] for e in objects if e["metadata"]["labels"]["helm.sh/chart"].startswith(chart)
    }


def _has(values: object, path: list[str]) -> bool:
    """Whether the path is there; below an empty mapping anything may be."""
    if not path or values == {}:
        return True
    return isinstance(values, dict) and path[0] in values and _has(values[path[0]], path[1:])
