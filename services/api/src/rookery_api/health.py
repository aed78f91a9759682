"""Health and metrics: they answer under any host name and to anybody.

- `/livez`: the event loop turns. A process that fails this is to be restarted.
- `/readyz`: the process belongs behind the Service. It has looked at every model and serves a
  champion, one of an earlier life included, or knows that there is none to serve; and it is not
  about to end. A model without a champion, or with a broken one, does not make it unready: that is
  a fact which its route states. A champion that is named and has not arrived does, where nothing
  else is served.
- `/healthz`: what there is to know in short, for people; 200 as long as the process answers.
"""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from rookery_api.answers import encode
from rookery_api.metrics import Metrics
from rookery_api.problems import Problem
from rookery_api.roster import Roster

EXPOSITION = "text/plain; version=0.0.4; charset=utf-8"


def health_routes(roster: Roster, metrics: Metrics) -> list[Route]:
    """The routes that kubelet and Prometheus ask."""

    async def livez(_: Request) -> Response:
        return _json({"status": "alive"})

    async def readyz(_: Request) -> Response:
        if roster.unready is not None:
            raise Problem(
                503,
                roster.unready,
                "This process does not take requests now; another replica may.",
                headers={"Retry-After": "1"},
            )
        return _json({"status": "ready"})

    async def healthz(_: Request) -> Response:
        return _json(
            {
                "status": "draining" if roster.draining else "ok",
                "ready": roster.ready,
                "models": {name: roster.entry(name).state for name in sorted(roster)},
            }
        )

    async def exposition(_: Request) -> Response:
        return Response(metrics.exposition(), headers={"Content-Type": EXPOSITION})

    return [
        Route("/livez", livez),
        Route("/readyz", readyz),
        Route("/healthz", healthz),
        Route("/metrics", exposition),
    ]


def _json(document: object) -> Response:
    return Response(encode(document), media_type="application/json")
