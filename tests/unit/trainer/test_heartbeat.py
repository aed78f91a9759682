"""How often long work says how far it is."""

from structlog.testing import capture_logs

from rookery_trainer.heartbeat import Heartbeat, seconds_left


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
