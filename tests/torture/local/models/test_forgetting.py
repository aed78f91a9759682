"""`rookery forget`, interrupted while it trains what replaces the champion."""

import re
import signal
from pathlib import Path

import pytest
from tests.integration.local.support.members import MODEL, trained_members

from rookery_core.waiting import Wait, poll_until
from rookery_local.process.events import Events

ONE = Wait(120.0, 0.1)


@pytest.mark.timeout(1800)
def test_an_interruption_is_gone_on_with(tmp_path: Path) -> None:
    with trained_members(tmp_path) as members:
        before = members.champion()
        person = members.trained_on()[0][0]
        members.ingest(trials=6)
        log = members.rookery.home.log(f"train-{MODEL}")
        events = Events(log)
        process = members.rookery.start("forget", MODEL, "--key", person)
        poll_until(
            lambda: any(each["event"] == "trial" for each in events.read()) or None,
            ONE,
            lambda: f"no trial in {log.read_text()}",
        )
        process.send_signal(signal.SIGINT)
        assert process.wait(60) == 128 + signal.SIGINT

        printed = members.rookery.run("forget", MODEL, "--key", person)

        assert re.search(rf"train {MODEL} .*6/6", printed)
        assert "What may still hold it:" in printed
        assert int(members.champion()) > int(before)
