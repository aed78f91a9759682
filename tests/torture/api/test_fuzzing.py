"""schemathesis, whole: ten thousand cases and more."""

from pathlib import Path

import pytest
from tests.integration.api.support.fixture_types import NewModel, StartApi
from tests.integration.api.support.openapi_fuzzing import fuzz
from tools.harness.bundles import make_bundle


@pytest.mark.timeout(7200)
def test_schemathesis_finds_no_fault_in_ten_thousand_cases(
    new_model: NewModel, start_api: StartApi, tmp_path: Path
) -> None:
    registered = new_model("species")
    version = registered.promote(make_bundle(registered.spec))
    api = start_api(default_model=registered.spec.name)
    api.await_version(registered.spec.name, version)

    assert fuzz(api, registered.spec.name, tmp_path, examples=1000) >= 10_000
