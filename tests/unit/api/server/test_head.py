"""HEAD answers as GET does, but for the body (RFC 9110, 9.3.2)."""

import pytest
from tests.unit.api.support.asking import ask

from rookery_api.app import App, create_app
from rookery_api.base.settings import ApiSettings
from rookery_core.settings import CatalogSettings, TrackingSettings

PATHS = (
    *("/", "/docs", "/openapi.json", "/models", "/models/species", "/livez", "/readyz", "/v2"),
    *("/v2/health/live", "/v2/health/ready", "/v2/models/species", "/ping", "/health", "/version"),
    *("/predict/species", "/no-such-path", "/models/no-such"),
)


@pytest.fixture(scope="module")
def app() -> App:
    """An application of which nothing is known yet."""
    settings = ApiSettings(access="open", access_log=False)
    return create_app(settings, TrackingSettings(), CatalogSettings())


@pytest.mark.parametrize("path", PATHS)
def test_head_answers_status_and_headers_of_get(app: App, path: str) -> None:
    ids = {"x-request-id": "one"}

    head, got = ask(app, "HEAD", path, headers=ids), ask(app, "GET", path, headers=ids)

    assert head.status == got.status
    assert head.headers == got.headers
