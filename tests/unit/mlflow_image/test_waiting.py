"""Waiting ends with the thing, or with its last reason."""

import json

import pytest

from rookery_mlflow.failure import Unready
from rookery_mlflow.waiting import Patience


def test_each_reason_is_said_once(capsys: pytest.CaptureFixture[str]) -> None:
    reasons = iter(["refused", "refused", "starting", None])

    Patience(60).until("the database", lambda: next(reasons))

    lines = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    assert [line["reason"] for line in lines] == ["refused", "starting"]
    assert {line["event"] for line in lines} == {"waiting for the database"}


def test_impatience_names_the_thing_and_the_reason() -> None:
    with pytest.raises(Unready, match="the database is not there after 0 s: refused"):
        Patience(0).until("the database", lambda: "refused")
