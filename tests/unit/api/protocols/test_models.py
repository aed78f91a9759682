"""A card is sent again only to whoever has not seen what it says."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from tests.unit.api.support.asking import Answer, ask

from rookery_api.app import App, create_app
from rookery_api.base.cards import VersionCard
from rookery_api.base.settings import ApiSettings
from rookery_core.settings import CatalogSettings, TrackingSettings

PATHS = ["/models", "/models/species"]
LATER = datetime(2026, 1, 1, tzinfo=UTC)
VERSION = VersionCard(
    version="1",
    run_id="0" * 32,
    aliases=[],
    created_at=None,
    decision=None,
    promoted_at=None,
    epoch=None,
    barred=False,
    evidence=None,
)


@pytest.fixture
def app(tmp_path: Path) -> App:
    """The application with the models that ship, of which nothing is known yet."""
    settings = ApiSettings(access="open", cache_directory=tmp_path)
    return create_app(settings, TrackingSettings(url="http://127.0.0.1:9"), CatalogSettings())


@pytest.fixture
def again(app: App) -> Callable[[str], Answer]:
    """Asks for a path with the tag that `tags` has kept of it."""
    tags = {path: ask(app, "GET", path).headers["etag"] for path in PATHS}
    return lambda path: ask(app, "GET", path, headers={"if-none-match": tags[path]})


@pytest.mark.parametrize("path", PATHS)
def test_what_says_nothing_new_is_not_sent_again(
    path: str, app: App, again: Callable[[str], Answer]
) -> None:
    app.models.update("species", checked_at=None)

    answer = again(path)

    assert (answer.status, answer.body) == (304, b"")
    assert answer.headers["etag"].startswith('W/"')
    assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize("path", PATHS)
def test_another_look_at_the_registry_that_finds_the_same_is_no_news(path: str, app: App) -> None:
    app.models.update("species", checked_at=LATER, answered=True)
    first = ask(app, "GET", path)

    app.models.update("species", checked_at=datetime.now(UTC), answered=True)

    known = ask(app, "GET", path, headers={"if-none-match": first.headers["etag"]})
    unknown = ask(app, "GET", path)
    assert known.status == 304
    assert unknown.body != first.body


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize(
    "change",
    [
        {"answered": True},
        {"error": "away"},
        {"named": "1", "checked_at": LATER},
        {"aliases": (("previous", "1"),)},
        {"history": (VERSION,)},
        {"spec_error": "wrong"},
    ],
    ids="+".join,
)
def test_news_is_sent(
    change: dict[str, object], path: str, app: App, again: Callable[[str], Answer]
) -> None:
    app.models.update("species", **change)

    answer = again(path)

    assert answer.status == 200
    assert json.loads(answer.body)


def test_a_model_s_news_is_not_another_s(app: App, again: Callable[[str], Answer]) -> None:
    app.models.update("sex", answered=True)

    assert again("/models/species").status == 304
    assert again("/models").status == 200


@pytest.mark.parametrize(
    ("header", "status"),
    [
        ("{tag}", 304),
        ('"other", {tag}', 304),
        ("{strong}", 304),
        ("*", 304),
        ('"other"', 200),
        ("", 200),
        ("{bare}", 200),
    ],
)
def test_a_tag_is_known_by_the_weak_comparison(header: str, status: int, app: App) -> None:
    tag = ask(app, "GET", "/models").headers["etag"]
    shown = header.format(tag=tag, strong=tag[2:], bare=tag[3:-1])

    answer = ask(app, "GET", "/models", headers={"if-none-match": shown})

    assert answer.status == status
