"""`POST /invocations[/{model}]`: MLflow's scoring protocol, for its clients.

The shapes and the answer are those of `mlflow models serve`
(https://mlflow.org/docs/latest/ml/deployment/deploy-model-locally/). As there, columns may come in
any order and columns that the model does not know are left out; values are checked as `/predict`
checks them.
"""

from starlette.requests import Request
from starlette.responses import Response

from rookery_api.base.responses import encode
from rookery_api.protocols.invocation_records import CSV, JSON, read_records
from rookery_api.protocols.prediction_context import PredictionContext
from rookery_api.registry.champion import Champion
from rookery_runtime.prediction.input_columns import Columns
from rookery_runtime.steps import Steps


async def invoke(context: PredictionContext, request: Request) -> Response:
    """Answers `/invocations/{model}`, and `/invocations` for the default model."""
    champion = context.champion(request)
    media, body = await context.body(request, (JSON, CSV))
    steps = read_columns(champion, media, body, context.max_batch)
    columns, count = await context.work(len(body), steps)
    answers = await context.answer(champion, columns, count)
    document = encode({"predictions": answers.predictions})
    return Response(document, media_type=JSON, headers=_origin(champion))


def read_columns(
    champion: Champion, media: str, body: bytes, max_batch: int
) -> Steps[tuple[Columns, int]]:
    """Answers the model's inputs, every value within the contract, and the number of rows."""
    place, records = yield from read_records(champion.contract, media, body, max_batch)
    instances = yield from champion.records.many(records, place)
    return champion.columns(instances), len(instances)


def _origin(champion: Champion) -> dict[str, str]:
    """Names the version in a header: the protocol's answer has no place for it."""
    return {"X-Rookery-Model-Version": champion.version}
