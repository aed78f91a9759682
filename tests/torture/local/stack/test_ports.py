"""Ports of stacks that start at the same moment."""

from pathlib import Path

from tests.integration.local.support.command import ended_rookery

from rookery_local.stack import addresses

SECONDS = 300
"""How long a start may take on a busy machine."""


def test_two_stacks_that_start_at_once_share_nothing(tmp_path: Path) -> None:
    with ended_rookery(tmp_path / "first") as first, ended_rookery(tmp_path / "second") as second:
        ups = [each.up() for each in (first, second)]

        ends = [(*up.communicate(timeout=SECONDS), up.returncode) for up in ups]

        assert [code for *_, code in ends] == [0, 0], ends
        chosen = [addresses.load(each.home.addresses) for each in (first, second)]
        assert chosen[0]
        assert chosen[1]
        assert not chosen[0].ports & chosen[1].ports
        for each in (first, second):
            assert "does not answer" not in each.run("status")
