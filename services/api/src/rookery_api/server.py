"""The server: uvicorn on uvloop and httptools, which ends as a pod should.

On SIGTERM `/readyz` says no while requests are still taken for `drain_seconds`; then the listening
socket closes, requests under way get `grace_seconds` to finish, and the process exits with 0.
"""

import asyncio
import signal
from collections.abc import Iterator
from contextlib import contextmanager

import structlog
import uvicorn
from fastapi import FastAPI

from rookery_api.connection import connection_class
from rookery_api.metrics import Metrics
from rookery_api.roster import Roster
from rookery_api.settings import ApiSettings

log = structlog.get_logger()


class Server(uvicorn.Server):
    """A uvicorn server whose signals drain it."""

    def __init__(self, config: uvicorn.Config, roster: Roster, drain_seconds: float) -> None:
        super().__init__(config)
        self._roster = roster
        self._drain_seconds = drain_seconds

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """While serving, SIGTERM and SIGINT drain; a second one does not wait."""
        loop = asyncio.get_running_loop()
        signals = (signal.SIGTERM, signal.SIGINT)
        for number in signals:
            loop.add_signal_handler(number, self._drain, loop)
        try:
            yield
        finally:
            for number in signals:
                loop.remove_signal_handler(number)

    def _drain(self, loop: asyncio.AbstractEventLoop) -> None:
        if self._roster.draining:
            self.should_exit = self.force_exit = True
            return
        log.info("draining", seconds=self._drain_seconds)
        self._roster.draining = True
        loop.call_later(self._drain_seconds, self._exit)

    def _exit(self) -> None:
        self.should_exit = True


def make_server(app: FastAPI, settings: ApiSettings) -> Server:
    """The server of `app`, which `create_app` made with the same settings."""
    roster: Roster = app.state.roster
    metrics: Metrics = app.state.metrics
    config = uvicorn.Config(
        app,
        host=settings.host,
        port=settings.port,
        loop="uvloop",
        http=connection_class(settings, metrics),
        ws="none",
        lifespan="on",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        backlog=2048,
        timeout_keep_alive=settings.keep_alive_seconds,
        timeout_graceful_shutdown=settings.grace_seconds,
    )
    return Server(config, roster, settings.drain_seconds)
