"""Load: requests at a steady rate through the Ingress, whether or not earlier ones are answered."""

import asyncio
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import cycle, pairwise

import httpx
from tests.e2e.support.api import URL, Row

RATE = 25.0
"""Requests a second that are begun."""
PROMISED_RATE = 20.0
"""Requests a second under which the product's promises are tested."""
TIMEOUT = 10.0


@dataclass(frozen=True)
class Answer:
    """What became of one request; times are seconds since 1970."""

    asked: float
    ended: float
    status: int
    """0: there was no answer."""
    version: str
    """Of the model; empty where the answer names none."""
    said: str
    """The body or the error, where it is not an answer of the model."""

    @property
    def failed(self) -> bool:
        """Tells whether the caller got no prediction."""
        return self.status != httpx.codes.OK


@dataclass
class Load:
    """All requests and answers from `begun` until it is stopped."""

    begun: float = 0.0
    ended: float = 0.0
    answers: list[Answer] = field(default_factory=list)
    stopped: threading.Event = field(default_factory=threading.Event)
    thread: threading.Thread = field(default_factory=threading.Thread)

    def stop(self) -> None:
        """Stops asking, and waits until everything is answered."""
        self.stopped.set()
        self.thread.join()

    @property
    def failures(self) -> list[Answer]:
        """Returns requests without a prediction, in the order of their asking."""
        return [each for each in self.ordered if each.failed]

    @property
    def ordered(self) -> list[Answer]:
        """Returns the answers in the order of their asking."""
        return sorted(self.answers, key=lambda each: each.asked)

    @property
    def rate(self) -> float:
        """Returns requests a second."""
        return len(self.answers) / (self.ended - self.begun)

    @property
    def longest_gap(self) -> float:
        """Returns the longest time without a prediction, in seconds."""
        times = sorted(each.ended for each in self.answers if not each.failed)
        return max(later - sooner for sooner, later in pairwise([self.begun, *times, self.ended]))

    @property
    def versions(self) -> set[str]:
        """Returns every version that answered."""
        return {each.version for each in self.answers if not each.failed}

    def last_of(self, version: str) -> float:
        """Returns when the last request was made that this version answered."""
        return max(each.asked for each in self.answers if each.version == version)


@contextmanager
def loaded(model: str, row: Row, rate: float = RATE) -> Iterator[Load]:
    """Keeps the load on the model's route until the block is left."""
    load = Load()

    def ask() -> None:
        asyncio.run(_ask_steadily(load, model, row, rate))

    load.thread = threading.Thread(target=ask, name=f"load on {model}")
    load.thread.start()
    try:
        yield load
    finally:
        load.stop()


async def _ask_steadily(load: Load, model: str, row: Row, rate: float) -> None:
    """Asks every 1 / rate seconds, half of the time on a new connection."""
    kept = httpx.Limits(max_connections=200)
    fresh = httpx.Limits(max_connections=200, max_keepalive_connections=0)
    options = {"base_url": URL, "timeout": TIMEOUT, "trust_env": False}
    async with (
        httpx.AsyncClient(limits=kept, **options) as keeping,  # type: ignore[arg-type]
        httpx.AsyncClient(limits=fresh, **options) as closing,  # type: ignore[arg-type]
        asyncio.TaskGroup() as requests,
    ):
        callers = cycle((keeping, closing))
        load.begun = time.time()
        due = time.monotonic()
        while not load.stopped.is_set():
            requests.create_task(_ask(load, next(callers), model, row))
            due += 1 / rate
            await asyncio.sleep(max(0.0, due - time.monotonic()))
        load.ended = time.time()


async def _ask(load: Load, caller: httpx.AsyncClient, model: str, row: Row) -> None:
    asked = time.time()
    status, version, said = 0, "", ""
    try:
        answer = await caller.post(f"/predict/{model}", json=row)
    except httpx.TransportError as error:
        said = repr(error)
    else:
        status = answer.status_code
        if status == httpx.codes.OK:
            version = str(answer.json()["model"]["version"])
        else:
            said = answer.text[:300]
    load.answers.append(Answer(asked, time.time(), status, version, said))
