"""Runs the API with a watch on its event loop: `python -m tools.harness.costly.loop_watch`.

`GET /watch` tells, since it was last asked, the longest time for which the loop turned for one
event after another without a pause, in milliseconds of processor time and by the clock, and how
fast the processor is now.
"""

import asyncio
import json
import sys
import time
from contextlib import suppress
from dataclasses import replace
from typing import cast

from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from rookery_api.app import create_app
from rookery_api.base.settings import ApiSettings
from rookery_api.serve import run
from rookery_api.server.middleware import Middleware
from rookery_core import logs
from rookery_core.job import run_job
from rookery_core.settings import CatalogSettings, TrackingSettings

WATCH = "/watch"
UNIT_MILLISECONDS = 3.2
"""What `unit` says on the machine of the published list."""
BEAT_SECONDS = 0.001


class Watched:
    """An application, and the watch on the loop that it runs on."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._processor = self._clock = 0.0
        self._beating: asyncio.Task[None] | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers as the application does, and its own path."""
        if scope["type"] == "lifespan":
            self._beating = asyncio.create_task(self._beat())
        if scope.get("path") == WATCH:
            # The beats of the last request's end, and then of the unit's, come first.
            await asyncio.sleep(5 * BEAT_SECONDS)
            found = {"processor": self._processor, "clock": self._clock, "unit": unit()}
            await asyncio.sleep(5 * BEAT_SECONDS)
            self._processor = self._clock = 0.0
            await Response(json.dumps(found), media_type="application/json")(scope, receive, send)
            return
        with suppress(asyncio.CancelledError):
            await self._app(scope, receive, send)
        if scope["type"] == "lifespan" and self._beating is not None:
            self._beating.cancel()

    async def _beat(self) -> None:
        while True:
            processor, clock = time.thread_time(), time.perf_counter()
            await asyncio.sleep(BEAT_SECONDS)
            self._processor = max(self._processor, (time.thread_time() - processor) * 1000)
            self._clock = max(self._clock, (time.perf_counter() - clock) * 1000)


def unit() -> float:
    """Measures a fixed piece of work (objects, texts, JSON) in milliseconds of processor time."""
    best = float("inf")
    for _ in range(3):
        begun = time.thread_time()
        rows = [{"name": f"n{number}", "values": [number, 0.5]} for number in range(3000)]
        json.loads(json.dumps(rows))
        best = min(best, time.thread_time() - begun)
    return best * 1000


def main() -> int:
    """Serves as the API does."""
    logs.configure()
    return run_job(_serve)


def _serve() -> None:
    settings = ApiSettings()
    app = create_app(settings, TrackingSettings(), CatalogSettings())
    run(replace(app, serving=cast(Middleware, Watched(app.serving))), settings)


if __name__ == "__main__":
    sys.exit(main())
