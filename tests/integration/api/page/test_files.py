"""The page's files as they are served."""

import re

import httpx
import pytest
from tests.integration.api.support.fixture_types import StartApi
from tests.some import some
from tools.harness.api_process import ApiProcess


@pytest.fixture(scope="module")
def api(start_api: StartApi) -> ApiProcess:
    """An API without any champion."""
    return start_api()


def linked(api: ApiProcess) -> list[str]:
    """The addresses of every file that the page loads."""
    html = api.client.get("/").raise_for_status().text
    found = some(re.findall(r'(?:href|src)="(page/[^"]+)"', html))
    return sorted({f"/{path}" for path in found})


def test_the_page_and_its_files_are_small_and_typed(api: ApiProcess) -> None:
    types = {"css": "text/css", "js": "text/javascript", "svg": "image/svg+xml"}

    answers = {path: api.client.get(path).raise_for_status() for path in ["/", *linked(api)]}

    assert sum(len(answer.content) for answer in answers.values()) < 64_000
    for path, answer in some(answers.items()):
        kind = types.get(path.rpartition(".")[2], "text/html")
        assert answer.headers["content-type"].split(";")[0] == kind
        assert answer.headers["x-content-type-options"] == "nosniff"


def test_every_module_is_preloaded(api: ApiProcess) -> None:
    modules = [path for path in linked(api) if path.endswith(".js")]

    imported = {
        f"/page/{name}"
        for path in modules
        for name in re.findall(r'from "\./([^"]+)"', api.client.get(path).text)
    }

    assert set(some(imported)) <= set(modules)


def test_the_policy_allows_our_own_files_alone(api: ApiProcess) -> None:
    policy = api.client.get("/").headers["content-security-policy"]

    directives = dict(part.strip().split(" ", 1) for part in policy.split(";"))

    assert directives["default-src"] == "'none'"
    assert directives["script-src"] == "'self'"
    assert directives["require-trusted-types-for"] == "'script'"
    assert directives["frame-ancestors"] == "'none'"
    assert "unsafe" not in policy


def test_a_file_is_sent_again_only_when_it_has_changed(api: ApiProcess) -> None:
    first = api.client.get("/page/page.css")

    again = api.client.get("/page/page.css", headers={"If-None-Match": first.headers["etag"]})
    other = api.client.get("/page/page.css", headers={"If-None-Match": '"another"'})

    assert first.headers["cache-control"] == "no-cache"
    assert again.status_code == httpx.codes.NOT_MODIFIED
    assert (again.content, again.headers["etag"]) == (b"", first.headers["etag"])
    assert other.status_code == httpx.codes.OK


@pytest.mark.parametrize(
    "path", ["/page/", "/page/routes.py", "/page/..%2fapp.py", "/page/nothing"]
)
def test_nothing_else_of_the_folder_is_served(path: str, api: ApiProcess) -> None:
    answer = api.client.get(path)

    assert answer.status_code == httpx.codes.NOT_FOUND
    assert answer.headers["content-type"] == "application/problem+json"
