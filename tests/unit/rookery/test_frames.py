"""Frames as a file and as instances: the same value is written the same way."""

import json
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from rookery.frames import instances, write_frame
from rookery.runs import run
from rookery_core.errors import Refused
from rookery_core.spec.model_spec import ModelSpec

MOMENTS = pd.to_datetime(pd.Series(["2026-01-02 03:04:05", None]))
ODD = pd.DataFrame(
    {
        "flag": [True, False],
        "maybe": pd.array([True, None], dtype="boolean"),
        "whole": pd.array([1, None], dtype="Int64"),
        "number": [0.1 + 0.2, np.nan],
        "single": np.array([0.1, 3.0], np.float32),
        "code": ["00042", None],
        "quoted": ['a "b", c', "two\nlines"],
        "label": pd.Categorical(["x", "y"]),
        "moment": MOMENTS.array,
        "zoned": MOMENTS.array.tz_localize("Europe/Berlin"),
        "day": [date(2026, 1, 2), None],
        "mixed": [True, "text"],
    },
    index=[7, 3],
)


def feature(name: str, kind: str, *, optional: bool = False) -> dict[str, Any]:
    return {"name": name, "kind": kind, "optional": optional}


def spec(**kinds: Mapping[str, Any] | str) -> ModelSpec:
    """Makes a spec with a column of each kind, or with these keys."""
    columns = [
        {"name": name, **({"kind": kind} if isinstance(kind, str) else kind)}
        for name, kind in kinds.items()
    ]
    target = {"name": "target", "kind": "category", "values": ["a", "b"]}
    document = {
        "spec": 2,
        "name": "it",
        "source": {"url": "file:it.csv"},
        "csv": {"decimal": ",", "delimiter": ";"},
        "columns": [*columns, target],
        "target": "target",
        "features": "all",
        "estimator": "random_forest",
    }
    return ModelSpec.model_validate_json(json.dumps(document))


OPEN = {"kind": "category", "values": "any"}


def test_each_kind_of_value_is_written_so_that_the_same_is_read(tmp_path: Path) -> None:
    path = tmp_path / "odd.csv"

    write_frame(ODD, path)

    assert path.read_text() == (
        "flag,maybe,whole,number,single,code,quoted,label,moment,zoned,day,mixed\n"
        'true,true,1,0.30000000000000004,0.1,00042,"a ""b"", c",x,2026-01-02T03:04:05,'
        "2026-01-02T03:04:05+01:00,2026-01-02,true\n"
        'false,,,,3.0,,"two\nlines",y,,,,text\n'
    )
    assert [each.name for each in tmp_path.iterdir()] == ["odd.csv"]


def test_a_row_is_asked_with_the_values_that_the_file_has() -> None:
    features = [
        feature("flag", "boolean"),
        feature("maybe", "boolean"),
        feature("whole", "number"),
        feature("number", "number"),
        feature("code", "category"),
        feature("label", "category"),
        feature("zoned", "datetime"),
    ]

    known = spec(
        flag="boolean",
        maybe="boolean",
        whole="number",
        number="number",
        code=OPEN,
        label=OPEN,
        zoned={"kind": "datetime", "zone": "Europe/Berlin"},
    )

    found = list(instances(ODD, features, known))

    assert found == [
        {
            "flag": True,
            "maybe": True,
            "whole": 1.0,
            "number": 0.1 + 0.2,
            "code": "00042",
            "label": "x",
            "zoned": "2026-01-02T02:04:05+00:00",
        },
        {
            "flag": False,
            "maybe": None,
            "whole": None,
            "number": None,
            "code": None,
            "label": "y",
            "zoned": None,
        },
    ]


def test_a_label_that_is_a_number_in_the_frame_is_the_text_that_the_file_has(
    tmp_path: Path,
) -> None:
    frame = pd.DataFrame({"whole": [1, 2], "half": [1.0, 2.5]})
    write_frame(frame, tmp_path / "it.csv")
    features = [feature("whole", "category"), feature("half", "category")]

    found = list(instances(frame, features, spec(whole=OPEN, half=OPEN)))

    rows = [line.split(",") for line in (tmp_path / "it.csv").read_text().splitlines()[1:]]
    assert [[row["whole"], row["half"]] for row in found] == rows


def test_columns_are_found_by_any_header_that_means_them_and_others_are_left_out() -> None:
    frame = pd.DataFrame({"Mean Radius": [1.0], "NAME": ["x"], "extra": [3], 5: [2]})
    features = [feature("mean_radius", "number"), feature("name", "category")]
    known = spec(mean_radius={"kind": "number", "aliases": ["Mean radius"]}, name=OPEN)

    assert list(instances(frame, features, known)) == [{"mean_radius": 1.0, "name": "x"}]


def test_two_columns_for_one_feature_are_refused() -> None:
    frame = pd.DataFrame({"a": [1.0], "A": [2.0]})

    with pytest.raises(Refused, match=r"\['a', 'A'\] mean the same feature"):
        list(instances(frame, [feature("a", "number")], spec(a="number")))


def test_without_any_feature_each_row_is_asked_all_the_same() -> None:
    frame = pd.DataFrame({"extra": [1, 2]})

    features = [feature("a", "number", optional=True)]
    assert list(instances(frame, features, spec(a="number"))) == [{}, {}]


def test_a_frame_without_a_column_that_each_row_needs_is_refused_once_for_all_rows() -> None:
    frame = pd.DataFrame({"b": [1.0] * 3000})
    features = [feature(name, "number") for name in "abc"]

    with pytest.raises(Refused, match=r"^the frame has no column for a, c; give it those"):
        list(instances(frame, features, spec(a="number", b="number", c="number")))


@pytest.mark.parametrize(
    "rows", [[1, 2], {"a": 1}, pd.Series({"a": 1})], ids=["list", "dict", "row"]
)
def test_rows_that_are_no_frame_are_refused_with_what_is_taken(rows: Any) -> None:
    with pytest.raises(Refused, match=r"^rows are given as a pandas DataFrame, not as a "):
        list(instances(rows, [feature("a", "number")], spec(a="number")))


def test_a_table_that_is_neither_frame_nor_file_is_refused(tmp_path: Path) -> None:
    rows: Any = {"a": [1, 2]}

    with pytest.raises(Refused, match=r"^a table is a pandas DataFrame, or the path of a file"):
        run(rows, target="a", home=tmp_path / "state")


def test_texts_are_read_as_ingest_reads_them_and_the_rest_is_left_to_the_api() -> None:
    frame = pd.DataFrame(
        {"a": ["12,5", "NA", "1.5"], "b": ["YES", "n", "perhaps"], "c": [" basic", "PLUS", "gold"]}
    )
    features = [feature("a", "number"), feature("b", "boolean"), feature("c", "category")]
    known = spec(
        a="number",
        b={"kind": "boolean", "true": ["yes"], "false": ["n"]},
        c={"kind": "category", "values": ["basic", "plus"]},
    )

    found = list(instances(frame, features, known))

    assert found == [
        {"a": 12.5, "b": True, "c": "basic"},
        {"a": None, "b": False, "c": "plus"},
        {"a": "1.5", "b": "perhaps", "c": "gold"},
    ]


def test_whole_numbers_are_truth_values_where_the_model_has_them() -> None:
    frame = pd.DataFrame({"a": [1, 0, 2]})

    found = list(instances(frame, [feature("a", "boolean")], spec(a="boolean")))

    assert found == [{"a": True}, {"a": False}, {"a": "2"}]


def test_a_feature_that_the_spec_has_no_longer_is_sent_as_it_is() -> None:
    frame = pd.DataFrame({"old": ["x"]})

    assert list(instances(frame, [feature("old", "category")], spec(a="number"))) == [{"old": "x"}]


def test_frames_that_are_no_table_are_refused(tmp_path: Path) -> None:
    levels = pd.DataFrame([[1]], columns=pd.MultiIndex.from_tuples([("a", "b")]))

    with pytest.raises(Refused, match="several levels"):
        write_frame(levels, tmp_path / "it.csv")
    with pytest.raises(Refused, match="no rows"):
        write_frame(pd.DataFrame({"a": []}), tmp_path / "it.csv")
    assert list(tmp_path.iterdir()) == []
