"""schemathesis finds nothing; the whole run is `tests/torture/api/test_fuzzing.py`."""

from pathlib import Path

from tests.integration.api.support.fixture_types import NewModel, StartApi
from tests.integration.api.support.openapi_fuzzing import fuzz
from tools.harness.bundles import make_bundle


def test_schemathesis_finds_no_fault_in_five_hundred_cases(
    new_model: NewModel, start_api: StartApi, tmp_path: Path
) -> None:
    registered = new_model("species")
    version = registered.promote(make_bundle(registered.spec))
    api = start_api(default_model=registered.spec.name)
    api.await_version(registered.spec.name, version)

    assert fuzz(api, registered.spec.name, tmp_path, examples=40) >= 500
