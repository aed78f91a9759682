"""One parse of one request, whole: twenty thousand random streams."""

import pytest
from tests.integration.api.support.fixture_types import NewDesk, StartApi
from tests.integration.api.support.rows import BODIES
from tests.integration.api.support.stream_fuzzing import fuzz, make_target
from tools.harness.bundles import make


@pytest.mark.timeout(3600)
def test_twenty_thousand_streams_are_answered_as_another_parser_reads_them(
    new_desk: NewDesk, start_api: StartApi
) -> None:
    desk = new_desk("sex")
    version = desk.promote(make(desk.spec))
    api = start_api()
    api.await_version(desk.spec.name, version)

    assert fuzz(make_target(api, desk, BODIES), range(1000, 21_000)) == 20_000
