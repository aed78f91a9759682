"""What every prediction route has at hand: champions, limits, turns, a thread for batches."""

import asyncio
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from starlette.requests import Request

from rookery_api.access.hosts import Headers
from rookery_api.base import problems
from rookery_api.base.metrics import Metrics
from rookery_api.base.turns import Turns
from rookery_api.protocols.answers import Answers, answered
from rookery_api.protocols.body import BodyReader
from rookery_api.registry.champion import Champion
from rookery_api.registry.served_models import ServedModels
from rookery_runtime.prediction.rows import InvalidRows
from rookery_runtime.steps import Steps, T, at_once

SHORT_BYTES = 16 * 1024
"""Up to here a document takes less than a few milliseconds, whatever is in it."""
INLINE_ROWS = 16
"""Up to here a prediction takes less time than handing it to another thread."""
INLINE_STEPS = 1_000_000
"""The most that is computed where all other requests wait: about a millisecond."""
THREADS = 2
"""Batches of one model that are computed at once: a slow one keeps no other model's waiting."""


@dataclass(frozen=True)
class PredictionContext:
    """What the routes that answer predictions share."""

    models: ServedModels
    reader: BodyReader
    metrics: Metrics
    turns: Turns
    max_batch: int
    threads: dict[str, ThreadPoolExecutor] = field(default_factory=dict)
    """Of each model that has answered a batch."""

    def champion(self, request: Request) -> Champion:
        """Finds the champion of the path's model, or of the default one; the log names it."""
        found = self.models.champion(request.path_params.get("model", self.models.default_model))
        request.scope["state"]["model_version"] = found.version
        return found

    async def body(self, request: Request, media: Sequence[str]) -> tuple[str, bytes]:
        """Reads the body within its limits; answers its media type, one of `media`, and it."""
        found = media_type(request.scope["headers"])
        if found not in media:
            raise problems.unsupported_media(" or ".join(media))
        return found, await self.reader.read(request.scope, request.receive)

    async def work(self, size: int, steps: Steps[T]) -> T:
        """Answers the result of `steps`, which read or write a document of about `size` bytes.

        Rows that do not fit the contract become a 422 problem here, whichever protocol sent them.
        """
        try:
            return at_once(steps) if size <= SHORT_BYTES else await self.turns.take(steps)
        except InvalidRows as error:
            raise problems.invalid(error.faults) from None

    async def answer(
        self, champion: Champion, columns: Mapping[str, NDArray[np.generic]], rows: int
    ) -> Answers:
        """Answers each row, and counts them in the metrics."""
        model = champion.contract.model
        if rows <= INLINE_ROWS and rows * champion.steps_per_row <= INLINE_STEPS:
            answers = answered(champion, columns)
        else:
            loop = asyncio.get_running_loop()
            answers = await loop.run_in_executor(self._threads(model), answered, champion, columns)
        for label, count in answers.counts.items():
            self.metrics.predicted(model, label, count)
        return answers

    def _threads(self, model: str) -> ThreadPoolExecutor:
        if model not in self.threads:
            self.threads[model] = ThreadPoolExecutor(THREADS, thread_name_prefix="batch")
        return self.threads[model]


def media_type(headers: Headers) -> str:
    """Reads the media type of the first Content-Type: lower case, without parameters."""
    for name, value in headers:
        if name == b"content-type":
            return value.partition(b";")[0].strip().lower().decode("latin-1")
    return ""
