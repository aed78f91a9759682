"""Many models: a person finds one and sees it alone."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, expect
from tests.integration.api.page.conftest import Open
from tests.integration.api.page.support.browser import Visit
from tests.integration.api.page.support.specs import a_spec_of_choices
from tests.integration.api.support.fixture_types import StartApi
from tools.harness.api_process import ApiProcess
from tools.harness.specs import shipped, write_spec

from rookery_core.spec.model_spec import ModelSpec

RESERVED = ("sheet", "number", "models", "notice", "key", "page")
"""Names that the page might have for places of its own."""
ALL = 30
OTHERS = ALL - len(RESERVED) - 3  # two ship with Rookery, one is of choices


@pytest.fixture(scope="module")
def api(browser: Browser, specs: Path, start_api: StartApi) -> ApiProcess:
    """An API of thirty models, the two that ship among them; none has a champion."""
    for number in range(OTHERS):
        write_spec(specs, named(f"model-{number:02}", f"Kind {number}"))
    for name in RESERVED:
        write_spec(specs, named(name, f"Model {name}"))
    write_spec(specs, a_spec_of_choices())
    return start_api(poll_seconds=5)


def named(name: str, title: str) -> ModelSpec:
    """A model of that name."""
    return shipped("species").model_copy(update={"name": name, "title": title})


def links(visit: Visit) -> Locator:
    """The models that the contents list."""
    return visit.page.get_by_role("navigation").get_by_role("link")


def test_a_model_of_the_contents_stands_alone_until_all_are_asked_for(
    api: ApiProcess, open_page: Open
) -> None:
    visit = open_page(api)
    expect(visit.sheets).to_have_count(ALL)
    expect(visit.page).to_have_title("Rookery")

    visit.page.get_by_role("link", name="Kind 7", exact=True).click()

    expect(visit.sheets).to_have_count(1)
    expect(visit.sheet("model-07").root).to_be_focused()
    expect(visit.page).to_have_title("Kind 7 \u00b7 Rookery")
    expect(links(visit).and_(visit.page.locator("[aria-current]"))).to_have_text("Kind 7")
    visit.page.get_by_role("link", name="All models").click()
    expect(visit.sheets).to_have_count(ALL)
    expect(visit.page).to_have_title("Rookery")
    visit.page.go_back()
    expect(visit.sheets).to_have_count(1)


def test_an_address_names_the_model_that_stands_alone(api: ApiProcess, open_page: Open) -> None:
    visit = open_page(api, at="#model-20")

    expect(visit.sheets).to_have_count(1)
    expect(visit.sheet("model-20").root).to_be_in_viewport()
    expect(visit.page).to_have_title("Kind 20 \u00b7 Rookery")
    visit.page.keyboard.press("Tab")
    visit.page.get_by_text("Skip to the models").press("Enter")
    expect(visit.sheets).to_have_count(1)


def test_an_address_that_names_no_model_shows_all(api: ApiProcess, open_page: Open) -> None:
    for mark in ("#nothing", "#%F0", "#model-2"):
        visit = open_page(api, at=mark)
        expect(visit.sheets, mark).to_have_count(ALL)


def test_the_filter_finds_models_by_name_and_title(api: ApiProcess, open_page: Open) -> None:
    visit = open_page(api)
    expect(visit.sheets).to_have_count(ALL)
    box = visit.page.get_by_label("Find a model")

    box.fill("KIND 1")

    expect(visit.sheets).to_have_count(11)
    expect(links(visit)).to_have_text(["All models", *(f"Kind {n}" for n in (1, *range(10, 20)))])
    assert visit.barriers() == []
    expect(visit.page.get_by_text("11 found")).to_be_visible()
    box.fill("model-05")
    expect(visit.sheets).to_have_count(1)
    expect(box).to_be_focused()
    box.press("Enter")
    expect(visit.page).to_have_title("Kind 5 \u00b7 Rookery")
    visit.page.get_by_role("link", name="All models").click()
    box.fill("")
    expect(visit.sheets).to_have_count(ALL)


def test_any_name_of_a_model_is_its_own(api: ApiProcess, open_page: Open) -> None:
    visit = open_page(api)

    for name in RESERVED:
        expect(visit.sheet(name).root.get_by_role("heading", level=2)).to_have_text(f"Model {name}")
        expect(visit.sheet(name).root.locator(".field")).to_have_count(4)
    # One of the models has a feature named `title`.
    ids = visit.page.evaluate("[...document.querySelectorAll('[id]')].map((each) => each.id)")
    assert len(ids) == len(set(ids))
