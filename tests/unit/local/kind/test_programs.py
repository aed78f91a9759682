"""Programs: which are missing, what they print while they run, and how they end."""

import time
from pathlib import Path

import pytest
from tests.unit.local.support.shell_programs import write_program

from rookery_core.errors import Refused, Unavailable
from rookery_local.kind import programs


def test_each_missing_program_is_named_with_where_to_get_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_program(tmp_path, "docker")
    write_program(tmp_path, "kubectl")
    monkeypatch.setenv("PATH", str(tmp_path))

    with pytest.raises(Refused) as refused:
        programs.require()

    said = str(refused.value)
    assert said.startswith("not on the PATH: kind, helm.")
    assert "https://kind.sigs.k8s.io" in said
    assert "https://helm.sh" in said
    assert "make airgap" in said


def test_an_engine_that_does_not_answer_has_an_error_of_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in programs.SOURCES:
        write_program(tmp_path, name, "exit 1")
    monkeypatch.setenv("PATH", str(tmp_path))

    with pytest.raises(Refused, match="no Docker engine answers"):
        programs.require()


def test_lines_are_passed_on_while_the_program_runs() -> None:
    told: list[tuple[str, float]] = []

    programs.followed(
        ["sh", "-c", "echo one; sleep 0.5; echo two >&2"],
        lambda line: told.append((line, time.monotonic())),
    )

    assert [line for line, _ in told] == ["one", "two"]
    assert told[1][1] - told[0][1] > 0.3


def test_a_failure_shows_the_command_its_code_and_its_words() -> None:
    with pytest.raises(Unavailable, match=r"(?s)`sh -c echo no.*` ended with 3:\nno such thing"):
        programs.followed(["sh", "-c", "echo no such thing; exit 3"], lambda _line: None)


def test_an_exception_of_the_watch_ends_the_program_and_its_children() -> None:
    begun = time.monotonic()

    def watch() -> None:
        raise Refused("a Job failed")

    with pytest.raises(Refused, match="a Job failed"):
        programs.watched(["sh", "-c", "sleep 60; true"], watch)

    assert time.monotonic() - begun < 10


def test_a_watched_program_that_fails_shows_its_words() -> None:
    with pytest.raises(Unavailable, match=r"(?s)ended with 1:.*timed out waiting"):
        programs.watched(["sh", "-c", "echo timed out waiting >&2; exit 1"], lambda: None)
