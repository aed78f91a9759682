"""The page while champions, models, keys and the API itself come and go."""

from pathlib import Path

from playwright.sync_api import expect
from tests.integration.api.page.conftest import Open
from tests.integration.api.page.support.specs import a_spec_with_categories
from tests.integration.api.support.fixture_types import NewModel, StartApi
from tools.harness.api_process import ApiProcess
from tools.harness.bundles import RegisteredModel, make_bundle
from tools.harness.specs import write_spec


def test_a_model_without_champion_says_so_and_is_served_once_it_has_one(
    new_model: NewModel, api: ApiProcess, open_page: Open
) -> None:
    registered = new_model("sex")
    sheet = open_page(api).sheet(registered.spec.name)
    expect(sheet.state).to_contain_text("No champion yet")
    expect(sheet.predict).to_be_disabled()
    sheet.field("body_mass_g").input.fill("4100")

    registered.promote(make_bundle(registered.spec))

    expect(sheet.state).to_be_hidden()
    expect(sheet.field("body_mass_g").input).to_have_value("4100")
    sheet.ask_example()


def test_a_promotion_and_a_new_model_appear_and_what_was_typed_stays(
    new_model: NewModel, specs: Path, api: ApiProcess, open_page: Open
) -> None:
    visit = open_page(api)
    registered = new_model("species")
    registered.promote(make_bundle(registered.spec))
    sheet = visit.sheet(registered.spec.name)
    sheet.ask_example()
    typing = sheet.field("bill_length_mm").input
    typing.press("End")

    registered.promote(make_bundle(registered.spec, seed=1))
    added = a_spec_with_categories()
    write_spec(specs, added)

    expect(sheet.eyebrow).to_contain_text("version 2")
    expect(sheet.note).to_contain_text("Version 2 is champion now")
    expect(sheet.promotions).to_have_count(2)
    expect(visit.sheet(added.name).root).to_be_visible()
    expect(typing).to_be_focused()
    expect(typing).to_have_value("39.1")


def test_a_long_history_begins_short_and_is_shown_whole_on_demand(
    new_model: NewModel, api: ApiProcess, open_page: Open
) -> None:
    registered = new_model("sex")
    made = make_bundle(registered.spec)
    for _ in range(8):
        registered.register(made, files={})
    registered.promote(made)
    visit = open_page(api)
    sheet = visit.sheet(registered.spec.name)
    expect(sheet.promotions).to_have_count(8)

    sheet.root.get_by_role("button", name="Show all 9 versions").click()

    expect(sheet.promotions).to_have_count(9)
    expect(sheet.root.get_by_role("table")).to_be_focused()


def test_an_api_that_is_away_costs_nothing_that_was_typed(
    models: dict[str, RegisteredModel], api: ApiProcess, open_page: Open
) -> None:
    name = models["sex"].spec.name
    visit = open_page(api)
    sheet = visit.sheet(name)
    notice = visit.page.locator("#notice")
    sheet.example.click()

    api.kill()
    sheet.predict.click()

    expect(sheet.fault).to_contain_text("did not answer")
    expect(notice).to_contain_text("does not answer")
    expect(sheet.field("body_mass_g").input).to_have_value("3750")
    api.start()
    expect(notice).to_be_hidden()
    sheet.predict.click()
    expect(sheet.label).to_be_visible()


def test_a_key_is_asked_for_where_one_is_needed_and_kept_nowhere(
    models: dict[str, RegisteredModel], start_api: StartApi, open_page: Open
) -> None:
    name = models["sex"].spec.name
    visit = open_page(start_api(api_key="open-sesame-of-birds", open_pages=True))
    field = visit.page.get_by_label("API key")
    expect(field).to_be_visible()

    field.fill("another")
    field.press("Enter")
    expect(visit.page.get_by_text("The server refuses this key")).to_be_visible()
    field.fill("open-sesame-of-birds")
    field.press("Enter")

    expect(field).to_be_hidden()
    visit.sheet(name).ask_example()
    state = visit.context.storage_state(indexed_db=True)
    assert state == {"cookies": [], "origins": []}
    assert visit.page.evaluate("sessionStorage.length + localStorage.length") == 0
    visit.page.reload()
    expect(field).to_have_value("")
    expect(field).to_be_visible()
