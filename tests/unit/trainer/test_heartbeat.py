"""How often long work says how far it is."""

import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from structlog.testing import capture_logs

from rookery_trainer.heartbeat import Heartbeat, awaited, seconds_left


def test_there_is_at_most_one_line_in_the_interval_and_it_has_the_time_left() -> None:
    now = 0.0
    with capture_logs() as events:
        beat = Heartbeat("reading rows", of=100, every=10, clock=lambda: now)
        for second in range(1, 26):
            now = float(second)
            beat(second * 4)

    assert [(event["done"], event["seconds_left"]) for event in events] == [(40, 15), (80, 5)]
    assert {event["of"] for event in events} == {100}


def test_quick_work_is_silent() -> None:
    with capture_logs() as events:
        Heartbeat("reading rows", of=3)(3)

    assert events == []


def test_without_anything_done_nothing_is_estimated() -> None:
    assert seconds_left(5.0, 0, 10) is None


def test_what_is_waited_for_is_told_until_it_is_there() -> None:
    with ThreadPoolExecutor(1) as pool, capture_logs() as events:
        awaited(pool.submit(time.sleep, 0.3), "fitting", every=0.05, rows=7)
        told = len(events)

        assert awaited(pool.submit(str, 5), "fitting", rows=7) == "5"
        with pytest.raises(ZeroDivisionError):
            awaited(pool.submit(lambda: 1 / 0), "fitting", rows=7)

    assert told >= 1
    assert len(events) == told
    assert {event["rows"] for event in events} == {7}
