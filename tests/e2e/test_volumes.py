"""A pod is replaced while its server still runs: one server at a time has the volume."""

import pytest
from tests.e2e.support.release import VOLUMES, Release
from tests.e2e.support.replacements import WAYS, name, successor, unstoppable, waits
from tests.e2e.support.writer import written_to

LONG = 10
"""Seconds that the second server waits at least: it says so a second time."""


@pytest.mark.parametrize("part", VOLUMES)
@pytest.mark.parametrize("way", ["deleted by force", "evicted"])
def test_the_second_server_waits_for_the_first_and_nothing_acknowledged_is_lost(
    release: Release, part: str, way: str
) -> None:
    (first,) = release.pods(part)

    with written_to(release.namespace, part) as writer:
        with unstoppable(first):
            WAYS[way](release.namespace, first)
            second = successor(release, part, first)
            said = waits(release.namespace, second, LONG)
            (now,) = (each for each in release.pods(part) if name(each) == name(second))
        release.rolled_out(part)
        writer.writes_again()
        lost = writer.lost()

    assert said["held_by"].startswith(name(first))
    conditions = {each["type"]: each["status"] for each in now["status"]["conditions"]}
    assert conditions["Ready"] == "False"
    assert len(writer.acknowledged) > LONG
    assert not lost
    assert [
        each for each in release.containers() if each.pod == name(second) and each.restarts
    ] == []
