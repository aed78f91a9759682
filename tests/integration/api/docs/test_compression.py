"""Documents and files are compressed for those who take it, and for nobody else."""

import httpx
import pytest
from tests.integration.api.support.fixture_types import StartApi
from tools.harness.api_process import ApiProcess

DOCS = ("/docs/swagger-ui-bundle.js", "/docs/swagger-ui.css")
LARGE = ("/openapi.json", *DOCS, "/", "/page/page.css")
GZIP, PLAIN = {"Accept-Encoding": "gzip"}, {"Accept-Encoding": "identity"}


@pytest.fixture(scope="module")
def api(start_api: StartApi) -> ApiProcess:
    """An API without any champion, which pages of one other origin may call."""
    return start_api(allowed_origins='["https://shop.example.org"]')


@pytest.mark.parametrize("path", LARGE)
def test_what_is_large_is_compressed_where_it_is_asked_for(api: ApiProcess, path: str) -> None:
    plain = api.client.get(path, headers=PLAIN)
    small = api.client.get(path, headers=GZIP)

    assert "content-encoding" not in plain.headers
    assert small.headers["content-encoding"] == "gzip"
    assert small.content == plain.content
    assert int(small.headers["content-length"]) < len(plain.content) / 2
    for answer in (plain, small):
        assert "Accept-Encoding" in answer.headers["vary"]
        assert "Origin" in answer.headers["vary"]


def test_head_says_what_get_would_send(api: ApiProcess) -> None:
    for path in LARGE:
        head, get = api.client.head(path, headers=GZIP), api.client.get(path, headers=GZIP)

        assert head.headers["content-length"] == get.headers["content-length"]
        assert head.headers["content-encoding"] == "gzip"


def test_each_form_of_a_file_has_its_own_tag(api: ApiProcess) -> None:
    path = "/page/page.css"
    plain, small = (api.client.get(path, headers=each) for each in (PLAIN, GZIP))

    again = api.client.get(path, headers={**GZIP, "If-None-Match": small.headers["etag"]})
    other = api.client.get(path, headers={**GZIP, "If-None-Match": plain.headers["etag"]})

    assert plain.headers["etag"] != small.headers["etag"]
    assert again.status_code == httpx.codes.NOT_MODIFIED
    assert other.content == plain.content


@pytest.mark.parametrize("path", ["/models", "/livez", "/predict/species", "/version"])
def test_what_is_small_is_sent_as_it_is(api: ApiProcess, path: str) -> None:
    assert "content-encoding" not in api.client.get(path, headers=GZIP).headers
