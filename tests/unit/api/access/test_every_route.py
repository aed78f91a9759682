"""Every route of the API demands a key, but those that are written down."""

import json
import re
from collections.abc import Iterator

import pytest
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from tests.some import some
from tests.unit.api.support.asking import ask

from rookery_api.access.access import template_of
from rookery_api.app import App, create_app
from rookery_api.base.exposition_format import TEXT
from rookery_api.base.settings import ApiSettings
from rookery_core.settings import CatalogSettings, TrackingSettings

ALL, PREDICT, READ = "all-of-the-letters", "predict-of-letters", "read-of-the-letters"
KEYS = {
    "predict": {"key": PREDICT, "scopes": ["predict"]},
    "read": {"key": READ, "scopes": ["read"]},
}
OPEN = {"/livez", "/readyz", "/v2/health/live", "/v2/health/ready", "/ping", "/health"}
"""All that answers without a key."""
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND")
PARAMETERS = {"model": "species", "version": "1"}


def make(**settings: object) -> App:
    """An application that is never started: it has no champion."""
    given = ApiSettings.model_validate({"access_log": False, **settings})
    return create_app(given, TrackingSettings(), CatalogSettings())


@pytest.fixture(scope="module")
def app() -> App:
    """One that demands keys."""
    return make(api_key=ALL, keys=json.dumps(KEYS))


def paths(app: App) -> Iterator[str]:
    """A path of every route."""
    for route in app.serving.routes:
        yield re.sub(r"\{(\w+)\}", lambda found: PARAMETERS[found[1]], template_of(route))


def test_every_route_is_guarded_or_on_the_list(app: App) -> None:
    found = list(paths(app))
    assert len(found) > 20

    for path in found:
        for method in METHODS:
            expected = (200, 405, 503) if path in OPEN else (401,)
            for key in (None, "", "wrong-of-the-letters", ALL + " ", ALL[:-1], ALL.upper()):
                assert ask(app, method, path, key).status in expected, (method, path, key)


def test_every_route_answers_whoever_has_the_right_key_and_nobody_with_another_scope(
    app: App,
) -> None:
    for path in some(set(paths(app)) - OPEN):
        predicts = path.startswith(("/predict", "/invocations", "/v2", "/version"))
        right, other = (PREDICT, READ) if predicts else (READ, PREDICT)
        for method in METHODS:
            refused = ask(app, method, path, other)
            assert refused.status == 403, (method, path)
            assert ("read" if right == READ else "predict") in refused.body.decode()
            for key in (right, ALL):
                assert ask(app, method, path, key).status not in (401, 403), (method, path)


def test_a_route_that_nobody_thought_of_is_guarded(app: App) -> None:
    async def reveal(_: Request) -> Response:
        return Response("revealed")

    new = make(api_key=ALL, keys=json.dumps(KEYS))
    assert isinstance(new.serving.routes, list)
    new.serving.routes.append(Route("/reveal/{model}", reveal))

    assert ask(new, "GET", "/reveal/species").status == 401
    assert ask(new, "GET", "/reveal/species", PREDICT).status == 403
    assert ask(new, "GET", "/reveal/species", ALL).body == b"revealed"


SHAPES = [
    *("/models%2fspecies", "/%6dodels", "//models", "/./models", "/models/", "/models//species"),
    *("/Models", "/MODELS/species", "/models%00", "/models%0a", "/models%0A", "/models%20"),
    *("/models;x=1", "/models/../livez", "/livez/../models", "/livez%2f..%2fmodels", "/livez/"),
    *(
        "/livez%0a%0a",
        "/livez%2f",
        "/livez;/models",
        "/livez#/models",
        "/LIVEZ",
        "//livez",
        "/livez//",
    ),
    *(
        "/v2/health/live%20",
        "/v2/health/live/",
        "/v2/health/ready/..",
        "/v2/health",
        "/v2/health/x",
    ),
    *("/v2/health%2flive/../../models/species", "/readyz%00", "/%2flivez", "/.%2flivez"),
    *("", "*", "/%2f", "/%2e%2e/models", "/predict/%2e%2e/models", "/docs%0a", "/%0a", "/nowhere"),
    *("/metrics", "/healthz", "/metrics/", "/health/", "/%2fping", "/ping/..", "/openapi.json%0a"),
]


@pytest.mark.parametrize("path", SHAPES)
def test_no_spelling_of_a_path_gets_round_the_key(app: App, path: str) -> None:
    for method in METHODS:
        assert ask(app, method, path).status == 401, method


READABLE = (b'"contract"', b"<!doctype html>", b'"openapi"', b"SwaggerUIBundle", b"import {")
"""What is in the answers of routes that ask for the scope `read`."""


@pytest.mark.parametrize("path", SHAPES)
def test_no_spelling_of_a_path_gets_round_the_scope(app: App, path: str) -> None:
    for method in METHODS:
        body = ask(app, method, path, PREDICT).body
        assert [each for each in READABLE if each in body] == [], method


def test_what_is_readable_is_what_the_scope_opens(app: App) -> None:
    bodies = [ask(app, "GET", path, READ).body for path in paths(app)]

    assert [each for each in READABLE if not any(each in body for body in bodies)] == []


def test_a_path_without_a_route_is_only_told_to_whoever_has_a_key(app: App) -> None:
    assert ask(app, "GET", "/nowhere").status == 401
    assert [ask(app, "GET", "/nowhere", key).status for key in (PREDICT, READ, ALL)] == [404] * 3
    assert ask(app, "DELETE", "/models", READ).status == 405


def test_a_refusal_below_v2_has_that_protocols_shape(app: App) -> None:
    for key in (None, READ):
        assert list(json.loads(ask(app, "GET", "/v2/models/species", key).body)) == ["error"]


def test_a_refusal_says_how_to_show_a_key(app: App) -> None:
    refused = ask(app, "GET", "/models")

    assert refused.headers["www-authenticate"].startswith("Bearer")
    assert json.loads(refused.body)["reason"] == "api_key"
    assert json.loads(ask(app, "GET", "/models", PREDICT).body)["reason"] == "scope"


def test_pages_and_documents_are_open_where_that_is_said() -> None:
    opened = make(api_key=ALL, open_pages=True)
    public = {path for path in paths(opened) if ask(opened, "GET", path).status == 200}

    assert {"/", "/docs", "/openapi.json", "/page/page.js"} <= public
    guarded = [path for path in public if path.startswith(("/models", "/predict", "/v2/models"))]
    assert guarded == []


def test_everybody_may_ask_where_access_is_open() -> None:
    app = make(access="open")

    assert [path for path in paths(app) if ask(app, "GET", path).status in (401, 403)] == []


@pytest.mark.parametrize("settings", [{"api_key": ALL}, {"access": "open"}])
def test_the_document_says_of_every_operation_whether_it_asks_for_a_key(
    settings: dict[str, str],
) -> None:
    app = make(**settings)
    document = json.loads(ask(app, "GET", "/openapi.json", ALL).body)
    operations = [
        (path, method, operation)
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    ]
    assert len(operations) > 10

    for path, method, operation in operations:
        asked = ask(app, method.upper(), path.replace("{model}", "species")).status == 401
        assert asked == bool(operation["security"]), path
        assert asked == ({"401", "403", "429"} <= operation["responses"].keys()), path
    schemes = document["components"].get("securitySchemes", {})
    assert {name for _, _, o in operations for each in o["security"] for name in each} == set(
        schemes
    )


def test_requests_of_a_key_are_counted_by_its_name(app: App) -> None:
    for key in (PREDICT, PREDICT, READ, None, "wrong-of-the-letters"):
        ask(app, "GET", "/models", key)

    text = app.metrics.exposition(TEXT).decode()

    counted = re.findall(r'key_requests_total\{key="(\w+)",status="(\d+)"\}', text)
    assert {("predict", "403"), ("read", "200")} <= set(counted)
    assert {name for name, _ in counted} <= {"default", "predict", "read"}
    assert not [key for key in (ALL, PREDICT, READ) if key in text]
