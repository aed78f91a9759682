"""One parse of one request, whole: twenty thousand random streams."""

import pytest
from tests.integration.api.support.fixture_types import NewModel, StartApi
from tests.integration.api.support.rows import BODIES
from tests.integration.api.support.stream_fuzzing import fuzz, make_target
from tools.harness.bundles import make_bundle


@pytest.mark.timeout(3600)
def test_twenty_thousand_streams_are_answered_as_another_parser_reads_them(
    new_model: NewModel, start_api: StartApi
) -> None:
    registered = new_model("sex")
    version = registered.promote(make_bundle(registered.spec))
    api = start_api()
    api.await_version(registered.spec.name, version)

    assert fuzz(make_target(api, registered, BODIES), range(1000, 21_000)) == 20_000
