"""What the tests of the page share: a browser, two champions, the API that serves them."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, expect
from tests.integration.api.page.support.browser import Visit, launched
from tests.integration.api.support.fixture_types import NewModel, StartApi
from tests.some import some
from tools.harness.api_process import ApiProcess
from tools.harness.bundles import RegisteredModel, make_bundle


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A browser for every test of this module."""
    expect.set_options(timeout=20_000)
    with launched() as browser:
        yield browser


@pytest.fixture(scope="module")
def models(browser: Browser, new_model: NewModel) -> dict[str, RegisteredModel]:
    """A champion of each kind."""
    registered_models = {kind: new_model(kind) for kind in ("species", "sex")}
    for registered in registered_models.values():
        registered.promote(make_bundle(registered.spec))
    return registered_models


@pytest.fixture(scope="module")
def api(models: dict[str, RegisteredModel], start_api: StartApi) -> ApiProcess:
    """An API that serves both."""
    api = start_api()
    for registered in models.values():
        api.await_version(registered.spec.name, "1")
    return api


Open = Callable[..., Visit]


@pytest.fixture
def open_page(browser: Browser) -> Iterator[Open]:
    """Opens the page; at the end nothing has complained and nobody else was asked."""
    visits: list[Visit] = []

    def opened(api: ApiProcess, at: str = "", **preferences: Any) -> Visit:
        visits.append(Visit(browser, f"{api.url}/", at, **preferences))
        return visits[-1]

    yield opened
    for visit in some(visits):
        visit.context.close()
        assert visit.complaints == []
        assert [url for url in visit.asked if not url.startswith(visit.url)] == []
