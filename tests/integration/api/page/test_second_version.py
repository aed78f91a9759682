"""The form of a second-version model: booleans, moments, texts, numbers without a range."""

import json
import re
import shlex
from pathlib import Path

import pytest
from mlflow import MlflowClient
from playwright.sync_api import expect
from tests.integration.api.page.conftest import Open
from tests.integration.api.page.support.browser import Sheet
from tests.integration.api.support.fixture_types import StartApi
from tests.integration.api.support.one_champion import api_with
from tests.integration.api.support.shop import shop
from tools.harness.api_process import ApiProcess

MODEL = "boutique"


@pytest.fixture(scope="module")
def api(client: MlflowClient, specs: Path, start_api: StartApi) -> ApiProcess:
    """An API that serves a shop."""
    return api_with(shop(MODEL), client, specs, start_api)


@pytest.fixture
def sheet(api: ApiProcess, open_page: Open) -> Sheet:
    """The model's sheet."""
    return open_page(api).sheet(MODEL)


def sent(sheet: Sheet) -> dict[str, object]:
    """What the page sent, by the command that it shows."""
    command = sheet.root.locator("[data-part=command]").inner_text()
    body: dict[str, object] = json.loads(shlex.split(command)[-1])
    return body


def test_the_example_is_sent_as_the_contract_wants_it(api: ApiProcess, sheet: Sheet) -> None:
    sheet.ask_example()

    expect(sheet.label).to_have_text(re.compile("s|large"))
    sheet.root.locator("summary").click()
    assert sent(sheet) == {
        "price": 99.5,
        "items": 4,
        "bought": "2025-05-01T14:00+02:00",
        "birthday": "1970-01-01T00:00",
        "town": "Rom",
        "colour": "red",
        "gift": True,
        "returned": True,
    }
    assert api.predict(MODEL, sent(sheet)).json()["class"] == sheet.label.inner_text()


def test_moments_have_the_offset_of_their_zone_and_no_is_false(sheet: Sheet) -> None:
    sheet.ask_example()
    sheet.root.get_by_label("Time of purchase").fill("2026-01-31T13:45:30")
    sheet.root.get_by_label("Town").fill("Oslo")
    sheet.root.get_by_role("radiogroup", name="Gift").get_by_role("radio", name="No").check()
    sheet.root.get_by_role("radiogroup", name="Returned").get_by_role(
        "radio", name="Not known"
    ).check()

    sheet.root.get_by_role("button", name="Predict").click()

    expect(sheet.root.locator(".note")).to_have_text("")
    sheet.root.locator("summary").click()
    body = sent(sheet)
    assert (body["bought"], body["town"], body["gift"]) == (
        "2026-01-31T13:45:30+01:00",
        "Oslo",
        False,
    )
    assert "returned" not in body


def test_what_is_missing_or_no_whole_number_is_named_beside_its_field(sheet: Sheet) -> None:
    sheet.root.get_by_label("Items").fill("2.5")

    sheet.root.get_by_role("button", name="Predict").click()

    wrong = {
        name: sheet.root.locator(f"[data-feature={name}] .wrong")
        for name in ("price", "items", "bought", "colour", "gift")
    }
    expect(wrong["items"]).to_have_text("A whole number, please")
    expect(wrong["bought"]).to_have_text("Fill this in")
    expect(wrong["colour"]).to_have_text("Fill this in")
    expect(wrong["gift"]).to_have_text("Choose one")
    expect(wrong["price"]).to_have_text("")


def test_a_number_without_a_range_has_no_ruler(sheet: Sheet) -> None:
    expect(sheet.root.locator("[data-feature=price] .ruler")).to_be_hidden()
    expect(sheet.root.locator("[data-feature=items] .ruler")).to_be_visible()


def test_the_unit_of_a_number_without_a_range_is_read_out_and_taken(sheet: Sheet) -> None:
    price = sheet.field("price")
    sheet.ask_example()
    expect(price.input).to_have_accessible_description("EUR")

    price.input.fill("EUR 1 250,50")
    sheet.predict.click()

    expect(sheet.note).to_have_text("")
    sheet.root.locator("summary").click()
    assert sent(sheet)["price"] == 1250.5


def test_nothing_keeps_anybody_out_and_nothing_spills(api: ApiProcess, open_page: Open) -> None:
    visit = open_page(api)
    visit.sheet(MODEL).ask_example()
    expect(visit.sheet(MODEL).label).to_have_text(re.compile("s|large"))

    assert visit.barriers() == []
    assert visit.spilled() == []
    assert visit.overflow(360) == 0
