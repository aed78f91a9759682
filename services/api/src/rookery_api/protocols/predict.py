"""`POST /predict/{model}`: one instance, or `{"instances": [...]}`."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from rookery_api.base import problems
from rookery_api.base.responses import PartedResponse
from rookery_api.protocols.answers import batch_parts, number_bytes, prediction
from rookery_api.protocols.body import check_batch
from rookery_api.protocols.json_body import parse
from rookery_api.protocols.partial_batch import (
    PartialBatch,
    answer_partly,
    is_partial,
    read_partly,
)
from rookery_api.protocols.prediction_context import PredictionContext
from rookery_api.registry.champion import Champion
from rookery_runtime.prediction.input_columns import Columns
from rookery_runtime.prediction.rows import Fault
from rookery_runtime.steps import Steps

INSTANCES = "instances"
MEDIA = ("application/json",)


async def predict(context: PredictionContext, request: Request) -> Response:
    """Answers `/predict/{model}`."""
    champion = context.champion(request)
    partial = is_partial(request.scope["query_string"])
    _, body = await context.body(request, MEDIA)
    if partial:
        rows = await context.work(len(body), read_rows(champion, body, context.max_batch))
        if isinstance(rows, PartialBatch):
            return await answer_partly(context, champion, rows)
        batch, columns, count = rows
    else:
        steps = read_columns(champion, body, context.max_batch)
        batch, columns, count = await context.work(len(body), steps)
    answers = await context.answer(champion, columns, count)
    if not batch:
        return PartedResponse([prediction(champion, answers)], MEDIA[0])
    parts = batch_parts(champion, answers)
    return PartedResponse(await context.work(number_bytes(answers), parts), MEDIA[0])


def read_columns(
    champion: Champion, body: bytes, max_batch: int
) -> Steps[tuple[bool, Columns, int]]:
    """Answers whether a batch was sent, the model's inputs, and the number of rows."""
    value = yield from parse(body)
    listed = _instances(value, max_batch)
    if listed is None:
        return False, champion.columns([champion.rows.one(value)]), 1
    instances = yield from champion.rows.many(listed, (INSTANCES,))
    return True, champion.columns(instances), len(instances)


def read_rows(
    champion: Champion, body: bytes, max_batch: int
) -> Steps[tuple[bool, Columns, int] | PartialBatch]:
    """Answers the same of one row; of a batch, which of its rows can be answered."""
    value = yield from parse(body)
    listed = _instances(value, max_batch)
    if listed is None:
        return False, champion.columns([champion.rows.one(value)]), 1
    return (yield from read_partly(champion, listed))


def _instances(value: object, max_batch: int) -> list[Any] | None:
    """Answers the rows of a batch; None where no batch was sent."""
    if not isinstance(value, dict) or not isinstance(value.get(INSTANCES), list):
        return None
    listed: list[Any] = value[INSTANCES]
    check_batch(listed, max_batch)
    if len(value) > 1:
        raise problems.invalid([Fault(path="", message="Send nothing beside instances")])
    return listed
