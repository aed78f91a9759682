"""schemathesis, whole: ten thousand cases and more."""

from pathlib import Path

import pytest
from tests.integration.api.support.fixture_types import NewDesk, StartApi
from tests.integration.api.support.openapi_fuzzing import fuzz
from tools.harness.bundles import make


@pytest.mark.timeout(7200)
def test_schemathesis_finds_no_fault_in_ten_thousand_cases(
    new_desk: NewDesk, start_api: StartApi, tmp_path: Path
) -> None:
    desk = new_desk("species")
    version = desk.promote(make(desk.spec))
    api = start_api(default_model=desk.spec.name)
    api.await_version(desk.spec.name, version)

    assert fuzz(api, desk.spec.name, tmp_path, examples=1000) >= 10_000
