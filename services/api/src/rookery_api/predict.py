"""`POST /predict/{model}`: one instance, or `{"instances": [...]}`."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from rookery_api import problems, rows
from rookery_api.answers import encode, origin, predictions
from rookery_api.endpoint import Endpoint

INSTANCES = "instances"
MEDIA = ("application/json",)


def predict_routes(endpoint: Endpoint) -> list[Route]:
    """The route of every model."""

    async def predict(request: Request) -> Response:
        champion = endpoint.champion(request)
        _, body = await endpoint.body(request, MEDIA)
        value = rows.parse(body)
        batch = isinstance(value, dict) and isinstance(value.get(INSTANCES), list)
        if batch:
            endpoint.check_batch(value[INSTANCES])
            if len(value) > 1:
                raise problems.invalid(
                    [problems.Fault(path="", message="Send nothing beside instances")]
                )
            instances = champion.rows.many(value[INSTANCES], (INSTANCES,))
        else:
            instances = [champion.rows.one(value)]
        found, probabilities = await endpoint.answer(
            champion, champion.columns(instances), len(instances)
        )
        answers = predictions(champion, found, probabilities)
        document: dict[str, object] = {"predictions": answers} if batch else answers[0]
        document["model"] = origin(champion)
        return Response(encode(document), media_type="application/json")

    return [Route("/predict/{model}", predict, methods=["POST"])]
