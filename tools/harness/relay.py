"""A relay in front of a server: it can pass everything on, refuse, or swallow without a word.

It can also withhold what MLflow would fetch from the object store, and pass on everything else.
"""

import asyncio
import threading
from collections.abc import Coroutine
from contextlib import suppress
from types import TracebackType
from typing import Literal, Self
from urllib.parse import urlsplit

from rookery_local.process.ports import free_ports

Mode = Literal["pass", "refuse", "swallow", "withhold"]
ARTIFACTS = b"GET /api/2.0/mlflow-artifacts/"


class Relay:
    """Listens on a free port of loopback while its context lasts."""

    def __init__(self, upstream: str) -> None:
        parts = urlsplit(upstream)
        assert parts.hostname is not None
        self._upstream = (parts.hostname, parts.port)
        self._port = free_ports(1)[0]
        self.url = f"http://127.0.0.1:{self._port}"
        self._mode: Mode = "pass"
        self.accepted = 0
        """Connections so far."""
        self._writers: set[asyncio.StreamWriter] = set()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever)

    def __enter__(self) -> Self:
        self._thread.start()
        self._run(self._open())
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._run(self._close())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def set(self, mode: Mode) -> None:
        """Sets the mode, and breaks the connections there were."""
        self._mode = mode
        self._run(self._break())

    def _run(self, coroutine: Coroutine[object, object, None]) -> None:
        asyncio.run_coroutine_threadsafe(coroutine, self._loop).result(timeout=10)

    async def _open(self) -> None:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self._port)

    async def _close(self) -> None:
        self._server.close()
        await self._break()
        await self._server.wait_closed()
        tasks = asyncio.all_tasks() - {asyncio.current_task()}
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _break(self) -> None:
        for writer in list(self._writers):
            writer.transport.abort()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.accepted += 1
        self._writers.add(writer)
        try:
            if self._mode == "swallow":
                while await reader.read(65536):
                    continue
            elif self._mode != "refuse":
                await self._pass(reader, writer)
        except ConnectionError:
            pass
        finally:
            self._writers.discard(writer)
            writer.transport.abort()

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        up_reader, up_writer = await asyncio.open_connection(*self._upstream)
        self._writers.add(up_writer)
        back = asyncio.create_task(_copy(up_reader, writer))
        try:
            await _copy(reader, up_writer, ARTIFACTS if self._mode == "withhold" else None)
        finally:
            self._writers.discard(up_writer)
            up_writer.transport.abort()
            with suppress(ConnectionError):
                await back


async def _copy(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, withheld: bytes | None = None
) -> None:
    while part := await reader.read(65536):
        # A request's head arrives in one part: the client writes it as one.
        if withheld is None or not part.startswith(withheld):
            writer.write(part)
            await writer.drain()
