"""Rows whose weight is none go into quarantine, each with the reason."""

import json

from rookery_core.spec.spec_yaml import parse_spec
from rookery_ingest.parsing.records import Records
from rookery_ingest.rows.rows import RowReader

SPEC = parse_spec(
    json.dumps(
        {
            "spec": 2,
            "name": "survey",
            "source": {"url": "file:survey.csv"},
            "columns": [
                {"name": "age", "kind": "number"},
                {"name": "people", "kind": "number"},
                {"name": "votes", "kind": "boolean"},
            ],
            "target": "votes",
            "features": "all",
            "weight": "people",
        }
    ),
    "survey",
)


def test_a_row_without_a_weight_or_with_one_below_zero_is_quarantined_with_the_reason() -> None:
    texts = ["30,2,yes", "31,,yes", "32,-1,no", "33,0,no", "34,NA,no", "35,inf,yes", "36,1e300,no"]
    reader = RowReader(SPEC, "age,people,votes", "survey.csv")

    rows, bad = reader.read(Records(range(2, 9), texts))

    assert rows.lines.tolist() == [2, 5]
    assert {row.line: row.reason for row in bad} == {
        3: "people: missing, and it says how much the row counts",
        4: "people: '-1' is below 0, and says how much the row counts",
        6: "people: missing, and it says how much the row counts",
        7: "people: 'inf' is not a number",
        8: "people: '1e300' lies outside 0 to 3.40282e+38",
    }
