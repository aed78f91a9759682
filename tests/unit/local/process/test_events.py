"""Events, read from a log while it is written."""

from pathlib import Path

from rookery_local.process.events import Events


def test_events_are_read_from_the_present_end_on(tmp_path: Path) -> None:
    log = tmp_path / "log"
    log.write_text('{"event": "old"}\n')
    events = Events(log)

    with log.open("a") as stream:
        stream.write('{"event": "trial", "of": 20}\n')

    assert events.read() == [{"event": "trial", "of": 20}]
    assert events.read() == []


def test_half_a_line_waits_for_its_other_half(tmp_path: Path) -> None:
    log = tmp_path / "log"
    events = Events(log)
    with log.open("a") as stream:
        stream.write('{"event": "tri')
        stream.flush()
        assert events.read() == []

        stream.write('al"}\n')

    assert events.read() == [{"event": "trial"}]


def test_lines_that_are_no_events_are_skipped(tmp_path: Path) -> None:
    log = tmp_path / "log"
    events = Events(log)

    log.write_text('Warning: old\n{"a": 1}\n[1]\n3\n{"event": "done"}\n')

    assert events.read() == [{"event": "done"}]


def test_an_absent_log_has_no_events(tmp_path: Path) -> None:
    assert Events(tmp_path / "log").read() == []
