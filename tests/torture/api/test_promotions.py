"""Twenty promotions in a row at 64 connections that never pause."""

import pytest
from tests.integration.api.support.fixture_types import NewModel, StartApi
from tests.integration.api.support.promotions import promote_under_load
from tests.some import some
from tools.harness.polling import eventually


@pytest.mark.timeout(3600)
def test_twenty_promotions_fail_no_request(new_model: NewModel, start_api: StartApi) -> None:
    registered = new_model("species")
    api = start_api()
    eventually(lambda: registered.spec.name in api.client.get("/models").text)

    outcome = promote_under_load(api, registered, count=20, pause=0)

    assert outcome.load.failures == []
    assert outcome.answers.order == sorted(outcome.answers.order)
    assert set(outcome.answers.by_version) == set(outcome.golden)
    for version, found in some(outcome.answers.by_version.items()):
        assert found == {outcome.golden[version]}
