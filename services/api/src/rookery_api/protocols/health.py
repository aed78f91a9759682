"""Probes, on the port that callers use: they answer under any host name and to anybody.

- `/livez`: the event loop turns. A process that fails this is to be restarted.
- `/readyz`: the process belongs behind the Service. It serves a champion, one of the cache
  included, or knows that none is still to come; and it is not about to end. A model without a
  champion, or with a broken one, does not make it unready: that is a fact which its route states.
  A champion that is named and has not arrived does, where nothing else is served.

`/ping` and `/health` say what `/readyz` says, and `/version` which version this is: MLflow's own
clients ask for them before predictions. They answer under the API's own names alone, and
`/version` to whoever has a key.

`/healthz` and `/metrics` say more, and are on the management port.
"""

from starlette.requests import Request
from starlette.responses import Response

from rookery_api.base.problems import Problem
from rookery_api.base.responses import encode
from rookery_api.registry.served_models import ServedModels


async def livez(_: Request) -> Response:
    """Answers `/livez`."""
    return _json({"status": "alive"})


async def readyz(models: ServedModels, _: Request) -> Response:
    """Answers `/readyz`; a 503 problem with the reason where the process is not ready."""
    if models.unready is not None:
        raise Problem(
            503,
            models.unready,
            "This process does not take requests now; another replica may.",
            headers={"Retry-After": "1"},
        )
    return _json({"status": "ready"})


async def version(number: str, _: Request) -> Response:
    """Answers `/version`: the number alone, as MLflow's server does."""
    return Response(number, media_type="text/plain")


def _json(document: object) -> Response:
    return Response(encode(document), media_type="application/json")
