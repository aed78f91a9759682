"""`POST /predict/{model}`: one instance, or `{"instances": [...]}`."""

from starlette.requests import Request
from starlette.responses import Response

from rookery_api.base import problems
from rookery_api.base.responses import PartedResponse
from rookery_api.protocols.answers import batch_parts, number_bytes, prediction
from rookery_api.protocols.body import check_batch
from rookery_api.protocols.json_body import parse
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
    _, body = await context.body(request, MEDIA)
    steps = read_columns(champion, body, context.max_batch)
    batch, columns, count = await context.work(len(body), steps)
    found, probabilities = await context.answer(champion, columns, count)
    if not batch:
        return PartedResponse([prediction(champion, found, probabilities)], MEDIA[0])
    parts = batch_parts(champion, found, probabilities)
    return PartedResponse(await context.work(number_bytes(probabilities), parts), MEDIA[0])


def read_columns(
    champion: Champion, body: bytes, max_batch: int
) -> Steps[tuple[bool, Columns, int]]:
    """Answers whether a batch was sent, the model's inputs, and the number of rows."""
    value = yield from parse(body)
    if not isinstance(value, dict) or not isinstance(value.get(INSTANCES), list):
        return False, champion.columns([champion.rows.one(value)]), 1
    check_batch(value[INSTANCES], max_batch)
    if len(value) > 1:
        raise problems.invalid([Fault(path="", message="Send nothing beside instances")])
    instances = yield from champion.rows.many(value[INSTANCES], (INSTANCES,))
    return True, champion.columns(instances), len(instances)
