"""Turns: steps of long work leave the loop to others, one at a time."""

import asyncio
import gc
import weakref
from collections.abc import Callable

import pytest

from rookery_api.base.turns import Turns
from rookery_runtime.steps import Steps, at_once


class Large:
    """Stands for what long work holds."""


def counting(seen: list[str], name: str, count: int = 3) -> Steps[str]:
    """Notes each step."""
    for _ in range(count):
        seen.append(name)
        yield
    return name


def test_steps_at_once_answer_their_result() -> None:
    seen: list[str] = []

    assert at_once(counting(seen, "a")) == "a"
    assert seen == ["a"] * 3


@pytest.mark.parametrize("kind", [Turns.take, Turns.share], ids=["take", "share"])
def test_others_have_their_turn_between_two_steps(kind: Callable[..., object]) -> None:
    seen: list[str] = []

    async def beat() -> None:
        while True:
            seen.append("beat")
            await asyncio.sleep(0)

    async def main() -> None:
        beating = asyncio.create_task(beat())
        turns = Turns()
        work = turns.take if kind is Turns.take else turns.share
        assert await work(counting(seen, "step", 50)) == "step"
        beating.cancel()

    asyncio.run(main())

    assert ["step", "step"] not in [seen[at : at + 2] for at in range(len(seen))]


def test_only_one_of_those_who_take_turns_goes_on_at_a_time() -> None:
    seen: list[str] = []

    async def main() -> None:
        turns = Turns()
        await asyncio.gather(*(turns.take(counting(seen, name)) for name in "abc"))

    asyncio.run(main())

    assert seen == [*"aaabbbccc"]


def test_those_who_share_wait_for_no_other_work_to_end() -> None:
    seen: list[str] = []

    async def main() -> None:
        turns = Turns()
        await asyncio.gather(*(turns.share(counting(seen, name)) for name in "ab"))

    asyncio.run(main())

    assert sorted(seen[:2]) == ["a", "b"]


@pytest.mark.parametrize("ending", ["result", "error", "cancelled"])
def test_collector_rests_meanwhile_and_goes_on_after(ending: str) -> None:
    rested = []

    def steps() -> Steps[None]:
        yield
        rested.append(not gc.isenabled())
        if ending == "error":
            raise ValueError
        yield

    async def main() -> None:
        task = asyncio.create_task(Turns().take(steps()))
        while not rested:
            await asyncio.sleep(0)
        if ending == "cancelled":
            task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    asyncio.run(main())

    assert rested == [True]
    assert gc.isenabled()


def test_error_keeps_nothing_of_the_work_alive() -> None:
    held: list[weakref.ref[Large]] = []

    def inner(large: Large) -> Steps[None]:
        yield
        try:
            int(type(large).__name__)
        except ValueError:
            raise LookupError from None

    def steps() -> Steps[None]:
        large = Large()
        held.append(weakref.ref(large))
        yield from inner(large)

    async def main() -> None:
        try:
            await Turns().take(steps())
        except LookupError:
            assert held[0]() is None
        else:
            pytest.fail("the error is gone")

    asyncio.run(main())


def test_work_that_failed_leaves_the_turn_to_the_next() -> None:
    def failing() -> Steps[None]:
        yield
        raise ValueError

    async def main() -> str:
        turns = Turns()
        failed = asyncio.gather(turns.take(failing()), return_exceptions=True)
        found = await turns.take(counting([], "next"))
        assert isinstance((await failed)[0], ValueError)
        return found

    assert asyncio.run(main()) == "next"
