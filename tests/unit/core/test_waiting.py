"""A bounded poll."""

import pytest

from rookery_core.errors import Unavailable
from rookery_core.waiting import Wait, first_line, poll_until, retrying


def test_the_first_answer_ends_the_wait() -> None:
    answers = iter([None, None, "here", "too late"])

    assert poll_until(lambda: next(answers), Wait(10, 0.001), lambda: "never") == "here"


def test_an_answer_is_looked_for_at_least_once() -> None:
    assert poll_until(lambda: 0, Wait(0), lambda: "never") == 0


def test_the_sentence_of_the_last_look_says_why_the_time_was_up() -> None:
    looks: list[int] = []

    with pytest.raises(Unavailable, match=r"looked [1-9]"):
        poll_until(lambda: looks.append(1), Wait(0.01, 0.001), lambda: f"looked {len(looks)}")


def test_a_request_is_repeated_while_its_failure_may_pass() -> None:
    failures = iter([ConnectionRefusedError(), ConnectionResetError()])

    def request() -> None:
        for failure in failures:
            raise failure

    retrying(request, lambda error: isinstance(error, OSError), Wait(10, 0.001), "it")

    assert list(failures) == []


def test_what_does_not_pass_is_raised_at_once() -> None:
    requests: list[int] = []

    def request() -> None:
        requests.append(1)
        raise ValueError("never")

    with pytest.raises(ValueError, match="never"):
        retrying(request, lambda error: isinstance(error, OSError), Wait(10, 0.001), "it")

    assert requests == [1]


def test_the_last_failure_is_raised_when_the_time_is_up() -> None:
    requests: list[int] = []

    def request() -> None:
        requests.append(1)
        raise OSError(len(requests))

    with pytest.raises(OSError, match=r"^[2-9]|\d\d") as caught:
        retrying(request, lambda _: True, Wait(0.05, 0.001), "it")

    assert caught.value.args == (len(requests),)


def test_without_time_it_is_asked_once() -> None:
    requests: list[int] = []

    def request() -> None:
        requests.append(1)
        raise OSError

    with pytest.raises(OSError):  # noqa: PT011 (it says nothing)
        retrying(request, lambda _: True, Wait(0), "it")

    assert requests == [1]


def test_the_end_of_a_long_error_is_kept_because_it_names_the_cause() -> None:
    error = OSError(f"API request to {'x' * 500} failed: too many 500 error responses\nand more")

    said = first_line(error)

    assert len(said) <= 300
    assert said.startswith("API request to xxx")
    assert said.endswith("too many 500 error responses")
