"""`POST /predict/{model}?partial=true`: a batch in which bad rows do not keep good ones waiting.

Each row has its place in the answer: a prediction, or `{"errors": [...]}` with what is wrong in it.
`failed` says how many have errors.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

from starlette.responses import Response

from rookery_api.base import problems
from rookery_api.base.responses import PartedResponse, encode
from rookery_api.protocols.answers import Answers, number_bytes, origin, step_rows
from rookery_api.protocols.prediction_context import PredictionContext
from rookery_api.registry.champion import Champion
from rookery_runtime.prediction.input_columns import Columns
from rookery_runtime.prediction.rows import Fault
from rookery_runtime.steps import Steps

STEP_ROWS = 100
"""Rows that are written in one step."""
_JSON = "application/json"
_WORDS = {"true": True, "false": False}


@dataclass(frozen=True)
class PartialBatch:
    """The rows of a batch that can be answered, and why the others can't."""

    columns: Columns
    """The model's inputs for the good rows."""
    faults: Sequence[Sequence[Fault] | None]
    """Of each row of the batch; None where it is good."""


def is_partial(query: bytes) -> bool:
    """Tells whether the query asks for a partial answer.

    Raises:
        Problem: 400 where it says neither true nor false.
    """
    if b"partial" not in query:
        return False
    given = [value for name, value in parse_qsl(query.decode("latin-1"), True) if name == "partial"]
    if not given:
        return False
    if len(given) > 1 or given[0] not in _WORDS:
        raise problems.malformed("The query's partial is true or false.")
    return _WORDS[given[0]]


def read_partly(champion: Champion, instances: list[Any]) -> Steps[PartialBatch]:
    """Answers which of the rows can be answered."""
    found = yield from champion.rows.each(instances, ("instances",))
    good = [row for row in found if not isinstance(row, list)]
    columns = champion.columns(good) if good else {}
    yield
    faults = [problems.bounded(row) if isinstance(row, list) else None for row in found]
    return PartialBatch(columns, faults)


async def answer_partly(
    context: PredictionContext, champion: Champion, batch: PartialBatch
) -> Response:
    """Answers each row with its prediction or its faults, in the order of the batch."""
    good = sum(faults is None for faults in batch.faults)
    if good:
        answers = await context.answer(champion, batch.columns, good)
        size, items = number_bytes(answers), _predictions(answers)
    else:
        size, items = 0, iter(())
    parts = _parts(batch, items, origin(champion))
    return PartedResponse(await context.work(size + len(batch.faults) * 100, parts), _JSON)


def _predictions(answers: Answers) -> Iterator[dict[str, object]]:
    step = step_rows(answers)
    for start in range(0, len(answers), step):
        yield from answers.items(slice(start, start + step))


def _parts(
    batch: PartialBatch, answers: Iterator[dict[str, object]], model: dict[str, str]
) -> Steps[list[bytes]]:
    parts = [b'{"predictions":[']
    for start in range(0, len(batch.faults), STEP_ROWS):
        items = [
            next(answers) if faults is None else {"errors": list(faults)}
            for faults in batch.faults[start : start + STEP_ROWS]
        ]
        parts.append((b"," if start else b"") + encode(items)[1:-1])
        yield
    failed = sum(faults is not None for faults in batch.faults)
    parts.append(b"]," + encode({"failed": failed, "model": model})[1:])
    return parts
