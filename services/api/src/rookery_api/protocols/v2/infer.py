"""`POST /v2/models/{model}/infer`, with or without a version."""

from starlette.requests import Request
from starlette.responses import Response

from rookery_api.protocols.prediction_context import PredictionContext
from rookery_api.protocols.v2.metadata import champion_of
from rookery_api.protocols.v2.request import HEADER_LENGTH, read_request
from rookery_api.protocols.v2.response import answer, answer_bytes


async def infer(context: PredictionContext, request: Request) -> Response:
    """Answers the outputs that the request asks for."""
    champion = champion_of(context.models, request)
    body = await context.reader.read(request.scope, request.receive)
    length = request.headers.get(HEADER_LENGTH)
    steps = read_request(champion.contract, body, length, context.max_batch)
    asked = await context.work(len(body), steps)
    columns = champion.joined(asked.columns)
    answers = await context.answer(champion, columns, asked.rows)
    parts = answer(champion, asked, answers)
    return await context.work(answer_bytes(asked, answers), parts)
