"""Pages of other servers: which may call the API from a browser, and what they are told."""

import pytest
from pydantic import ValidationError
from tests.some import some
from tests.unit.api.support.asking import Answer, ask

from rookery_api.app import App, create_app
from rookery_api.base.settings import ApiSettings
from rookery_core.settings import CatalogSettings, TrackingSettings

SHOP, EVIL, KEY = "https://shop.example.org", "https://evil.example.org", "all-of-the-letters"
ALLOW, METHODS = "access-control-allow-origin", "access-control-allow-methods"
PATHS = ("/predict/species", "/models", "/v2/models/species/infer", "/no-such-path", "/")


def make(*origins: str) -> App:
    """An application that demands a key and allows these origins."""
    settings = ApiSettings.model_validate(
        {"access_log": False, "api_key": KEY, "allowed_origins": origins}
    )
    return create_app(settings, TrackingSettings(), CatalogSettings())


def preflight(app: App, path: str, origin: str) -> Answer:
    """What a browser is told before it sends a row."""
    headers = {"origin": origin, "access-control-request-method": "POST"}
    return ask(app, "OPTIONS", path, headers=headers)


@pytest.mark.parametrize("path", PATHS)
def test_listed_page_may_ask_with_a_key_and_read_every_answer(path: str) -> None:
    app = make("http://localhost:3000", SHOP)

    before = preflight(app, path, SHOP)
    answers = [ask(app, "GET", path, key, {"origin": SHOP}) for key in (KEY, None, "wrong")]

    assert before.status == 204
    assert before.headers[ALLOW] == SHOP
    assert "POST" in before.headers[METHODS]
    for name in ("X-API-Key", "Content-Type", "Inference-Header-Content-Length"):
        assert name in before.headers["access-control-allow-headers"]
    assert [answer.status == 401 for answer in answers] == [False, True, True]
    for answer in (before, *answers):
        assert answer.headers[ALLOW] == SHOP
        assert answer.headers["vary"] == "Origin"
        assert "access-control-allow-credentials" not in answer.headers


@pytest.mark.parametrize(
    "origin",
    [EVIL, "null", "", SHOP + ".evil.org", SHOP + ":8443", SHOP.upper(), "*", "http" + SHOP[5:]],
)
@pytest.mark.parametrize("allowed", [(), (SHOP,)])
def test_no_other_page_is_told_anything(allowed: tuple[str, ...], origin: str) -> None:
    app = make(*allowed)

    for path in PATHS:
        answers = [preflight(app, path, origin), ask(app, "GET", path, KEY, {"origin": origin})]
        assert answers[0].status == 401
        for answer in answers:
            assert not any(name.startswith("access-control-") for name in some(answer.headers))
            assert ("origin" in answer.headers.get("vary", "").lower()) == bool(allowed)


def test_star_lets_every_page_ask_but_none_without_a_key() -> None:
    app = make("*")

    assert preflight(app, "/models", EVIL).status == 204
    assert ask(app, "GET", "/models", headers={"origin": EVIL}).status == 401
    assert ask(app, "GET", "/models", KEY, {"origin": EVIL}).headers[ALLOW] == EVIL


def test_options_without_a_browsers_question_is_answered_as_ever() -> None:
    app = make(SHOP)

    assert ask(app, "OPTIONS", "/models", KEY, {"origin": SHOP}).status == 405
    assert ask(app, "OPTIONS", "/models", headers={"origin": SHOP}).status == 401


def test_preflight_answers_only_under_the_apis_own_name() -> None:
    asked = {"host": "evil.example.org", "origin": SHOP, "access-control-request-method": "POST"}

    assert ask(make(SHOP), "OPTIONS", "/models", headers=asked).status == 400


@pytest.mark.parametrize(
    "origin",
    [
        "shop.example.org",
        SHOP + "/",
        SHOP + "/page",
        "null",
        "",
        "HTTPS://a",
        "ftp://a",
        "https://*.a",
    ],
)
def test_what_no_browser_sends_is_refused_at_the_start(origin: str) -> None:
    with pytest.raises(ValidationError):
        make(origin)
