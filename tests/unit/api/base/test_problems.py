"""Problems: whatever a contract and a body hold, a problem's document is short."""

import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from rookery_api.base.problems import Problem, invalid
from rookery_api.protocols.invocation_records import CSV, JSON, read_records
from rookery_api.protocols.json_body import parse
from rookery_api.protocols.v2.request import read_request
from rookery_core.contract import CategoryFeature, Contract, NumberFeature
from rookery_runtime.prediction.rows import Fault, InvalidRows, RowValidator
from rookery_runtime.steps import Steps, at_once

LIMIT = 16 * 1024
ID = "x" * 64
LONG_TEXT = st.builds(
    lambda text, times: (text * times)[:2000], st.text(min_size=1), st.integers(1, 500)
)
TEXT = st.text(min_size=1, max_size=5) | LONG_TEXT
FEATURE = st.builds(
    NumberFeature,
    name=TEXT,
    minimum=st.floats(-1e300, 0),
    maximum=st.floats(1, 1e300),
    optional=st.booleans(),
    example=st.just(0.5),
) | st.builds(
    CategoryFeature,
    name=TEXT,
    values=st.lists(TEXT, min_size=1, max_size=30, unique=True).map(tuple),
    optional=st.booleans(),
    example=st.just("x"),
)
CONTRACT = st.builds(
    Contract,
    model=st.just("m"),
    title=TEXT,
    target=st.just("t"),
    features=st.lists(FEATURE, min_size=1, max_size=25, unique_by=lambda f: f.name).map(tuple),
    classes=st.just(("yes", "no")),
)
VALUE: st.SearchStrategy[Any] = st.one_of(
    st.none(), st.booleans(), st.floats(allow_nan=False), TEXT, st.just([]), st.just({})
)


def short(problem: Problem) -> bool:
    """Whether both shapes of its document are."""
    documents = [problem.body(ID), problem.inference_body()]
    assert all(json.loads(document) for document in documents)
    return all(len(document) < LIMIT for document in documents)


def refusal(steps: Steps[object]) -> Problem | None:
    """What the work is refused with."""
    try:
        at_once(steps)
    except InvalidRows as error:
        return invalid(error.faults)
    except Problem as problem:
        return problem
    return None


def rows_of(draw: st.DrawFn, contract: Contract) -> list[dict[str, Any]]:
    """Rows, most of them wrong."""
    names = [feature.name for feature in contract.features]
    row = st.dictionaries(st.sampled_from(names) | TEXT, VALUE, max_size=30)
    return draw(st.lists(row, min_size=1, max_size=3)) * draw(st.integers(1, 30))


@given(st.data())
@settings(max_examples=50, deadline=None)
def test_problem_of_any_rows_under_any_contract_is_short(data: st.DataObject) -> None:
    contract = data.draw(CONTRACT)
    rows = data.draw(st.composite(rows_of)(contract))

    for validator in (RowValidator(contract), RowValidator(contract, extra_fields=True)):
        problem = refusal(validator.many(rows, ("instances",)))
        assert problem is None or (short(problem) and 1 <= len(problem.faults) <= 20)
        problem = refusal(one(validator, rows[0]))
        assert problem is None or (short(problem) and 1 <= len(problem.faults) <= 20)


def one(validator: RowValidator, row: object) -> Steps[object]:
    """A row on its own, in a step."""
    yield
    return validator.one(row)


@given(st.data())
@settings(max_examples=50, deadline=None)
def test_problem_of_any_tensors_under_any_contract_is_short(data: st.DataObject) -> None:
    contract = data.draw(CONTRACT)
    left_out = data.draw(st.sets(st.sampled_from(contract.features), max_size=1))
    tensors = [
        {
            "name": feature.name,
            "datatype": "FP32" if isinstance(feature, NumberFeature) else "BYTES",
            "shape": [1],
            "data": [data.draw(VALUE)],
        }
        for feature in contract.features
        if feature not in left_out
    ]

    problem = refusal(read_request(contract, json.dumps({"inputs": tensors}).encode(), None, 1000))

    assert problem is None or short(problem)


@given(st.data())
@settings(max_examples=50, deadline=None)
def test_problem_of_any_scoring_body_is_short(data: st.DataObject) -> None:
    contract = data.draw(CONTRACT)
    rows = data.draw(st.composite(rows_of)(contract))
    bodies = [
        {
            "dataframe_split": {
                "columns": list(rows[0]),
                "data": [list(row.values()) for row in rows],
            }
        },
        {"dataframe_records": rows},
        {"inputs": rows[0]},
        {data.draw(TEXT): rows},
        rows,
    ]

    for body in bodies:
        problem = refusal(read_records(contract, JSON, json.dumps(body).encode(), 1000))
        assert problem is None or short(problem)


@given(LONG_TEXT | st.text('a,"\n\r', max_size=30))
def test_problem_of_any_file_is_short(text: str) -> None:
    contract = Contract(model="m", title="M", target="t", features=(), classes=("yes", "no"))

    problem = refusal(read_records(contract, CSV, text.encode(errors="replace"), 3))

    assert problem is None or short(problem)


@given(st.binary(max_size=200))
def test_problem_of_any_bytes_is_short(body: bytes) -> None:
    problem = refusal(parse(body))

    assert problem is None or short(problem)


@given(TEXT, st.lists(st.builds(Fault, path=TEXT, message=TEXT), max_size=40))
def test_problem_of_any_words_is_short_and_names_the_first_fault(
    detail: str, faults: list[Fault]
) -> None:
    problem = Problem(400, "malformed", detail * 20, faults=faults * 20)

    assert short(problem)
    assert len(problem.faults) <= 20
    assert bool(problem.faults) == bool(faults)


def test_longest_words_of_the_costliest_characters_are_short() -> None:
    text = "\U0001f427" * 5000

    problem = Problem(400, "malformed", text, faults=[Fault(path=text, message=text)] * 1000)

    assert short(problem)
    assert problem.faults
    assert problem.detail.endswith("...")
