"""Serves on both ports until SIGTERM, by uvicorn on uvloop and httptools; ends as a pod should.

After SIGTERM, `/readyz` says no, and requests are still taken for `drain_seconds`. Then the
listening socket closes, requests under way get `grace_seconds` to finish, and the process exits
with 0 even if a thread is still computing. The management port answers from before the first
request until after the last one.
"""

import asyncio
import signal
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Literal

import structlog
import uvicorn
from starlette.types import ASGIApp

from rookery_api.access.origins import OriginList
from rookery_api.app import App
from rookery_api.base.settings import ApiSettings
from rookery_api.registry.served_models import ServedModels
from rookery_api.server.connection import connection_class
from rookery_api.server.exit_deadline import SPARE_SECONDS, exit_within
from rookery_api.server.file_handles import connections_with_handles

log = structlog.get_logger()


class Server(uvicorn.Server):
    """A uvicorn server whose signals drain it."""

    def __init__(self, config: uvicorn.Config, models: ServedModels, settings: ApiSettings) -> None:
        super().__init__(config)
        self._models = models
        self._drain_seconds = settings.drain_seconds
        self._grace_seconds = settings.grace_seconds

    async def serve(self, sockets: list[socket.socket] | None = None) -> None:
        """Serves until it is told to end; then the process ends within seconds, in any case."""
        await super().serve(sockets)
        if self.started:
            exit_within(SPARE_SECONDS)

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Drains on SIGTERM or SIGINT while serving; a second signal ends at once."""
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
        if self._models.draining:
            self.should_exit = self.force_exit = True
            return
        log.info("draining", seconds=self._drain_seconds)
        self._models.draining = True
        exit_within(self._drain_seconds + self._grace_seconds + SPARE_SECONDS)
        loop.call_later(self._drain_seconds, self._exit)

    def _exit(self) -> None:
        self.should_exit = True


MANAGEMENT_CONNECTIONS = 64
"""The most connections of the management port, which the serving port's do not count for."""
MANAGEMENT_GRACE_SECONDS = 1


def run(app: App, settings: ApiSettings) -> None:
    """Serves `app`, which `create_app` made with the same settings, until SIGTERM."""
    serving = _serving(app, settings)
    loop_factory = serving.config.get_loop_factory()
    with asyncio.Runner(loop_factory=loop_factory) as runner:
        runner.run(_run(serving, _management(app, settings)))


async def _run(serving: Server, management: uvicorn.Server) -> None:
    async with _answering(management):
        await serving.serve()


@asynccontextmanager
async def _answering(server: uvicorn.Server) -> AsyncIterator[None]:
    """Lets the server answer within the block; it installs no signal handlers."""
    server.config.load()
    server.lifespan = server.config.lifespan_class(server.config)
    await server.startup()
    ticking = asyncio.create_task(server.main_loop())
    try:
        yield
    finally:
        server.should_exit = True
        await ticking
        await server.shutdown()


def _serving(app: App, settings: ApiSettings) -> Server:
    """Makes the server of the callers.

    It holds as many connections as the settings say, and as the process may have file handles for.
    """
    connections = connections_with_handles(settings.max_connections)
    if connections < settings.max_connections:
        log.warning("few file handles", connections=connections)
    config = _config(
        app.serving,
        (settings.host, settings.port),
        connection_class(settings, app.metrics, connections, OriginList(settings.allowed_origins)),
        settings.grace_seconds,
        lifespan="on",
    )
    return Server(config, app.models, settings)


def _management(app: App, settings: ApiSettings) -> uvicorn.Server:
    config = _config(
        app.management,
        (settings.management_host, settings.management_port),
        connection_class(settings, app.metrics, MANAGEMENT_CONNECTIONS, OriginList(())),
        MANAGEMENT_GRACE_SECONDS,
        lifespan="off",
    )
    return uvicorn.Server(config)


def _config(
    app: ASGIApp,
    address: tuple[str, int],
    protocol: type[asyncio.Protocol],
    grace_seconds: int,
    lifespan: Literal["on", "off"],
) -> uvicorn.Config:
    """Makes the configuration of a server; both differ in nothing but these arguments."""
    host, port = address
    return uvicorn.Config(
        app,
        host=host,
        port=port,
        loop="uvloop",
        http=protocol,
        ws="none",
        lifespan=lifespan,
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        backlog=2048,
        timeout_graceful_shutdown=grace_seconds,
    )
