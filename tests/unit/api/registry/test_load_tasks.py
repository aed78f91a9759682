"""Loads: one for each model, which others and later ones do not hold up."""

import asyncio
import re
import time
from functools import partial

from tests.some import some

from rookery_api.base.exposition_format import TEXT
from rookery_api.base.metrics import Metrics
from rookery_api.registry.load_tasks import CACHED, LoadTasks
from rookery_api.registry.tracking_client import VersionKey

ONE: VersionKey = ("1", "digest")


def loads(ended: list[bool]) -> LoadTasks:
    """No loads yet; each end notes whether a first one is still under way."""
    return loads_with(Metrics("1"), ended)


def loads_with(metrics: Metrics, ended: list[bool]) -> LoadTasks:
    """The same, with metrics to look at."""
    made = LoadTasks(rows=1, seconds=1, ended=lambda: ended.append(made.first), metrics=metrics)
    return made


def begun(metrics: Metrics) -> dict[str, float]:
    """Since when each model's load is under way, as the metrics show it."""
    text = metrics.exposition(TEXT).decode()
    found = re.findall(r'^\w+_load_begun_timestamp_seconds\{model="(\w+)"\} (\S+)', text, re.M)
    return {model: float(at) for model, at in found}


async def forever() -> None:
    await asyncio.Event().wait()


async def briefly() -> None:
    await asyncio.sleep(0)


def test_a_model_that_is_loaded_again_and_again_is_no_first_one() -> None:
    async def scene() -> None:
        ended: list[bool] = []
        made = loads(ended)
        await made.start("a", ONE, briefly)
        told = [made.first]
        made.start("a", ONE, forever)
        told.append(made.first)
        made.start("b", ONE, forever)
        told.append(made.first)

        assert told == [False, False, True]
        await made.aclose()

    asyncio.run(scene())


def test_a_load_that_is_stopped_or_the_caches_is_not_the_first() -> None:
    async def scene() -> None:
        made = loads([])
        await made.start("a", CACHED, briefly)
        task = made.start("a", ONE, forever)
        await asyncio.sleep(0)
        made.stop("a")
        await asyncio.wait([task])
        assert made.key("a") is None

        made.start("a", ONE, forever)

        assert made.first
        await made.aclose()

    asyncio.run(scene())


def test_a_load_that_is_stopped_before_it_began_leaves_nothing() -> None:
    async def scene() -> None:
        ended: list[bool] = []
        made = loads(ended)
        task = made.start("a", ONE, forever)
        made.stop("a")
        await asyncio.wait([task])

        assert task.cancelled()
        assert ended == [False]

    asyncio.run(scene())


def test_a_fifth_load_waits_for_one_of_four() -> None:
    async def scene() -> None:
        began: list[str] = []

        async def load(name: str) -> None:
            began.append(name)
            await forever()

        made = loads([])
        for name in "abcde":
            made.start(name, ONE, partial(load, name))
        await asyncio.sleep(0.01)
        assert began == ["a", "b", "c", "d"]

        made.stop("b")
        await asyncio.sleep(0.01)
        assert began[-1] == "e"
        await made.aclose()

    asyncio.run(scene())


def test_a_load_shows_since_when_it_has_been_under_way_and_nothing_once_it_ended() -> None:
    async def scene() -> None:
        metrics = Metrics("1")
        made = loads_with(metrics, [])
        before = time.time()
        made.start("hangs", ONE, forever)
        made.start("stopped", CACHED, forever)
        ends = made.start("ends", ONE, briefly)
        shown = begun(metrics)
        assert shown.keys() == {"hangs", "stopped", "ends"}
        assert all(before - 1 <= at <= time.time() + 1 for at in some(shown.values()))

        await ends
        await asyncio.sleep(0)
        made.stop("stopped")

        assert begun(metrics) == {"hangs": shown["hangs"]}
        await made.aclose()
        assert begun(metrics) == {}

    asyncio.run(scene())


def test_a_load_that_takes_another_ones_place_is_shown_after_that_one_has_ended() -> None:
    async def scene() -> None:
        metrics = Metrics("1")
        made = loads_with(metrics, [])
        first = made.start("a", ONE, forever)
        made.stop("a")
        made.start("a", ("2", "digest"), forever)
        await asyncio.wait([first])
        await asyncio.sleep(0)

        assert begun(metrics).keys() == {"a"}
        await made.aclose()

    asyncio.run(scene())
