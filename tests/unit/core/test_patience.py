"""A bounded poll."""

import pytest

from rookery_core.errors import Unavailable
from rookery_core.patience import Patience


def test_the_first_answer_ends_the_wait() -> None:
    answers = iter([None, None, "here", "too late"])

    assert Patience(10, 0.001).until(lambda: next(answers), lambda: "never") == "here"


def test_an_answer_is_looked_for_at_least_once() -> None:
    assert Patience(0).until(lambda: 0, lambda: "never") == 0


def test_the_sentence_of_the_last_look_says_why_the_time_was_up() -> None:
    looks: list[int] = []

    with pytest.raises(Unavailable, match=r"looked [1-9]"):
        Patience(0.01, 0.001).until(lambda: looks.append(1), lambda: f"looked {len(looks)}")
