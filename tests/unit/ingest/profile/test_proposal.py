"""A proposal: the validator takes it as it is, and ingest's reader takes the file's own rows."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.unit.ingest.support.tables import csv_of, labels

from rookery_core.errors import Refused
from rookery_core.spec.spec_yaml import parse_spec
from rookery_ingest.profile.proposal import propose

N = 300

CELLS = st.one_of(
    st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=12),
    st.sampled_from(
        ["", "NA", "?", "none", "null", "-", "yes", "no", "0", "1", "007", "1e5", "inf"]
    ),
    st.floats(allow_nan=False, allow_infinity=False).map(str),
    st.integers().map(str),
    st.dates().map(str),
    st.integers(0, 9_999_999).map(lambda number: f"{number:,}"),
)
COLUMNS = st.one_of(
    st.lists(CELLS, min_size=1, max_size=6),
    st.lists(st.integers(-50, 50).map(str), min_size=1, max_size=40),
    st.lists(st.floats(-1e6, 1e6).map(lambda number: f"{number:.3f}"), min_size=1, max_size=60),
    st.lists(st.dates().map(lambda day: day.strftime("%d/%m/%Y")), min_size=1, max_size=60),
)
HEADERS = st.lists(
    st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=30),
    min_size=1,
    max_size=5,
    unique_by=lambda header: header.strip().casefold(),
)


TARGETS = [labels(60), [f"{(row * 37) % 101}.25" for row in range(60)]]
"""Classes, and numbers."""


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data(), delimiter=st.sampled_from([",", ";", "\t", "|"]))
def test_any_table_gets_a_valid_spec_that_quarantines_no_row_of_it(
    tmp_path: Path, data: st.DataObject, delimiter: str
) -> None:
    headers = data.draw(HEADERS)
    kinds = [data.draw(COLUMNS) for _ in headers]
    columns = {
        f"{header}{'' if header.strip() else '_'}": [kind[row % len(kind)] for row in range(60)]
        for header, kind in zip(headers, kinds, strict=True)
    }
    columns = {
        **{name: cells for name, cells in columns.items() if name.casefold() != "the target"},
        "beside": [f"{(row * 31) % 97}.5" for row in range(60)],
        "the target": data.draw(st.sampled_from(TARGETS)),
    }
    path = tmp_path / "drawn.csv"
    path.write_text(csv_of(columns, delimiter), encoding="utf-8")

    found = propose(path, "the target")

    assert parse_spec(found.text, "x") == found.spec
    assert (found.check.rows, dict(found.check.reasons)) == (60, {})


@pytest.mark.parametrize(
    "pair", [("Yes", "No"), ("1", "0"), ("on", "off"), ("null ", "~"), ("1e3", "0x1")]
)
def test_labels_that_yaml_reads_otherwise_are_quoted(tmp_path: Path, pair: tuple[str, str]) -> None:
    path = tmp_path / "t.csv"
    cells = [pair[row % 3 == 0] for row in range(N)]
    path.write_text(csv_of({"size": [f"{row % 91}.5" for row in range(N)], "y": cells}))

    if "null " in pair:
        with pytest.raises(Refused, match="has only '~'"):
            propose(path, "y")
        return
    assert set(propose(path, "y").spec.classes) == set(pair)


def test_a_file_as_excel_saves_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "Kündigungen 2024.csv"
    rows = [
        f"{1000 + row % 90};{1 + row % 9}.{row % 1000:03d},50;{fuel};{answer}"
        for row, fuel, answer in zip(
            range(N), ["Öl", "Öl", "Gas"] * 100, ["ja", "nein"] * 150, strict=True
        )
    ]
    text = "sep=;\r\nNummer;Kreditbetrag (€);Heizung;Gekündigt\r\n" + "\r\n".join(rows)
    path.write_bytes(text.encode("cp1252"))

    found = propose(path, "gekündigt")

    assert found.spec.name == "kundigungen-2024"
    assert found.spec.csv.model_dump() == {
        "delimiter": ";", "decimal": ",", "thousands": ".", "encoding": "cp1252", "quote": '"',
    }  # fmt: skip
    assert [column.name for column in found.spec.columns] == [
        "nummer",
        "kreditbetrag",
        "heizung",
        "gekuendigt",
    ]
    assert found.check.quarantined == 0


def test_units_in_cells_are_read_by_the_spec(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    columns = {
        "price": [f"${row % 9 + 1},{row:03d}.50" for row in range(N)],
        "rate": [f"{row % 90} %" for row in range(N)],
        "y": labels(N),
    }
    path.write_text(csv_of(columns))

    found = propose(path, "y")

    assert (found.check.rows, found.check.quarantined) == (N, 0)
    assert [column.unit for column in found.spec.columns[:2]] == ["$", "%"]  # type: ignore[union-attr]


def test_rows_that_go_into_quarantine_are_said_at_the_head(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    days = [f"{1 + row % 28:02d}/{1 + row % 12:02d}/2024" for row in range(N)]
    days[40] = "31/02/2024"
    text = csv_of({"day": days, "size": [f"{row}.5" for row in range(N)], "y": labels(N)})
    path.write_text(text + "1,2\n")

    found = propose(path, "y")

    assert found.check.quarantined == 2
    assert "# Ingest will put 2 of 301 rows into quarantine:" in found.text
    assert "#   line 302: the record has 2 fields, the header 3" in found.text


@pytest.mark.parametrize(
    ("stem", "name"),
    [
        ("2024 Sales (final)", "table-2024-sales-final"),
        ("batches", "batches-table"),
        ("流失", "table"),
    ],
)
def test_the_model_is_called_as_its_file_is(tmp_path: Path, stem: str, name: str) -> None:
    path = tmp_path / f"{stem}.csv"
    path.write_text(csv_of({"size": [f"{row % 91}.5" for row in range(N)], "y": labels(N)}))

    assert propose(path, "y").spec.name == name


@pytest.mark.parametrize(("name", "estimator"), [("My Model", "random_forest"), ("a", "forest")])
def test_a_name_or_an_estimator_that_is_none_is_refused(
    tmp_path: Path, name: str, estimator: str
) -> None:
    path = tmp_path / "t.csv"
    path.write_text(csv_of({"size": [f"{row % 91}.5" for row in range(N)], "y": labels(N)}))

    with pytest.raises(Refused, match=r"my-model|no estimator is called 'forest'"):
        propose(path, "y", name=name, estimator=estimator)


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "is empty"),
        (b"a,b\n", "a header and no rows"),
        ("a,b\n1,2\n".encode("utf-16"), "UTF-16; save it as UTF-8"),
        (b"a,b,A\n1,2,3\n", r"has \['A'\] more than once"),
        (b"5.1,3.5\n4.9,3.0\n", "its first line looks like data"),
    ],
)
def test_a_file_that_is_no_table_is_refused_with_the_remedy(
    tmp_path: Path, content: bytes, why: str
) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes(content)

    with pytest.raises(Refused, match=why):
        propose(path, "b")


def test_a_folder_and_a_file_that_is_not_there_are_refused(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="is a folder"):
        propose(tmp_path, "y")
    with pytest.raises(Refused, match="is not there"):
        propose(tmp_path / "gone.csv", "y")


def test_parquet_is_read_by_its_types(tmp_path: Path) -> None:
    path = tmp_path / "trees.parquet"
    first = datetime(2024, 1, 1, 8, 30, tzinfo=UTC)
    table = pa.table(
        {
            "height": pa.array([None if row % 9 == 0 else row * 0.37 for row in range(N)]),
            "plot": pa.array([row % 40 for row in range(N)], pa.int32()),
            "code": [f"{row % 12:03d}" for row in range(N)],
            "planted": pa.array([first + timedelta(days=row) for row in range(N)]),
            "day": pa.array([(first + timedelta(days=row * 5)).date() for row in range(N)]),
            "sick": pa.array([row % 5 == 0 for row in range(N)]),
            "species": pa.array(labels(N)).dictionary_encode(),
        }
    )
    pq.write_table(table, path)

    found = propose(path, "species")

    assert {column.name: column.kind for column in found.spec.columns} == {
        "height": "number",
        "plot": "number",
        "code": "category",
        "planted": "datetime",
        "day": "datetime",
        "sick": "boolean",
        "species": "category",
    }
    assert (found.check.rows, dict(found.check.reasons)) == (N, {})
    assert "csv:" not in found.text


@pytest.mark.parametrize("columns", [30, 300])
def test_wide_tables_are_read(tmp_path: Path, columns: int) -> None:
    path = tmp_path / "wide.csv"
    cells = {
        f"pixel {each}": [str((row * each) % 251) for row in range(60)] for each in range(columns)
    }
    path.write_text(csv_of({**cells, "y": labels(60)}))

    found = propose(path, "y")

    # Some are constant, or count the rows.
    assert len(found.spec.columns) > 0.9 * columns
    assert found.check.quarantined == 0


def test_a_column_without_a_name_that_holds_something_gets_one(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text(csv_of({"": [f"{row % 91}.5" for row in range(N)], "y": labels(N)}))

    column = propose(path, "y").spec.columns[0]

    assert (column.name, column.aliases) == ("unnamed", ("",))
