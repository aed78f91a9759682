"""The sheet of a model that answers a number."""

import re
from pathlib import Path

import pytest
from mlflow import MlflowClient
from playwright.sync_api import expect
from tests.integration.api.page.conftest import Open
from tests.integration.api.page.support.browser import Visit
from tests.integration.api.support.fixture_types import StartApi
from tests.integration.api.support.one_champion import api_with
from tools.harness.api_process import ApiProcess
from tools.harness.house import house

MODEL = "villa"


@pytest.fixture(scope="module")
def api(client: MlflowClient, specs: Path, start_api: StartApi) -> ApiProcess:
    """An API that serves a house, with an interval."""
    return api_with(house(MODEL, interval="0.9"), client, specs, start_api)


@pytest.fixture
def visit(api: ApiProcess, open_page: Open) -> Visit:
    """The page, opened."""
    return open_page(api)


def test_the_answer_is_a_number_with_its_unit_and_no_bars(api: ApiProcess, visit: Visit) -> None:
    sheet = visit.sheet(MODEL)

    sheet.ask_example()

    example = {each["name"]: each["example"] for each in api.card(MODEL)["contract"]["features"]}
    value = api.predict(MODEL, example).json()["value"]
    expect(sheet.root.locator(".label")).to_have_text(re.compile(r"[\d,.]+ EUR"))
    shown = float(sheet.label.inner_text().replace(",", ""))
    assert shown == pytest.approx(value, rel=1e-5)
    expect(sheet.bars.locator("li")).to_have_count(0)
    within = sheet.root.locator(".interval")
    expect(within).to_have_text(
        re.compile(r"90\s% of the truths are to lie between [\d,.]+ and [\d,.]+\.")
    )
    low, high = (
        float(each.rstrip(".").replace(",", ""))
        for each in re.findall(r"[\d,.]+", within.inner_text())[1:]
    )
    assert (low, high) == pytest.approx((value - 1.5, value + 2), rel=1e-5)
    expect(sheet.root.locator(".source")).to_contain_text("Version 1")
    assert visit.barriers() == []
    assert visit.spilled() == []


def test_before_an_answer_no_class_is_shown_and_clear_takes_the_answer_away(visit: Visit) -> None:
    sheet = visit.sheet(MODEL)
    expect(sheet.bars.locator("li")).to_have_count(0)
    sheet.ask_example()
    expect(sheet.root.locator(".label")).to_contain_text("EUR")

    sheet.root.get_by_role("button", name="Clear").click()

    expect(sheet.root.locator(".label")).to_be_empty()
    expect(sheet.root.locator(".interval")).to_be_empty()
    assert visit.barriers() == []


def test_the_card_has_the_metrics_of_numbers(visit: Visit) -> None:
    sheet = visit.sheet(MODEL)

    expect(sheet.root.locator(".score")).to_have_text("1.5")
    expect(sheet.root.locator("[data-part=metric]")).to_contain_text("RMSE on")
    facts = sheet.root.locator("dl")
    for said in ("MAE", "1.25", "R²", "0.750"):
        expect(facts).to_contain_text(said)
