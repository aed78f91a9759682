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
    notice = visit.notice
    sheet.example.click()

    api.kill()
    sheet.predict.click()

    expect(sheet.fault).to_contain_text("did not answer")
    expect(notice).to_contain_text("does not answer")
    expect(sheet.field("body_mass_g").input).to_have_value("3750")
    api.start()
    expect(notice).to_be_hidden()
    expect(sheet.fault).to_be_empty()
    sheet.predict.click()
    expect(sheet.label).to_be_visible()


def test_why_there_was_no_answer_goes_with_the_reason(
    models: dict[str, RegisteredModel], api: ApiProcess, open_page: Open
) -> None:
    visit = open_page(api)
    sheet = visit.sheet(models["sex"].spec.name)
    sheet.example.click()
    busy = {"status": 503, "content_type": "application/problem+json"}
    visit.page.route(
        "**/predict/*", lambda route: route.fulfill(**busy, body='{"detail": "Try again."}')
    )
    sheet.predict.click()
    expect(sheet.fault).to_have_text("Try again.")

    sheet.field("body_mass_g").input.fill("4000")

    expect(sheet.fault).to_be_empty()
    sheet.predict.click()
    expect(sheet.fault).to_have_text("Try again.")
    visit.page.unroute("**/predict/*")
    sheet.predict.click()
    expect(sheet.fault).to_be_empty()
    expect(sheet.label).to_be_visible()


def test_a_form_that_is_not_the_model_s_any_more_says_so(
    new_model: NewModel, api: ApiProcess, open_page: Open
) -> None:
    registered = new_model("sex")
    registered.promote(make_bundle(registered.spec))
    api.await_version(registered.spec.name, "1")
    visit = open_page(api)
    sheet = visit.sheet(registered.spec.name)
    sheet.example.click()
    visit.page.route("**/models", lambda route: route.abort())
    features = registered.spec.features[:3]
    registered.promote(make_bundle(registered.spec.model_copy(update={"features": features})))
    api.await_version(registered.spec.name, "2")

    sheet.predict.click()

    expect(sheet.field(registered.spec.features[3]).wrong).not_to_be_empty()
    visit.page.unroute("**/models")
    expect(sheet.root.locator(".field")).to_have_count(3)
    expect(sheet.fault).to_contain_text("asks for other values now")
    sheet.predict.click()
    expect(sheet.label).to_be_visible()


def test_an_open_page_is_sent_the_models_again_only_when_something_is_new(
    new_model: NewModel, api: ApiProcess, open_page: Open
) -> None:
    new_model("sex")  # without a champion: the page asks every two seconds
    registered = new_model("species")
    registered.promote(make_bundle(registered.spec))
    api.await_version(registered.spec.name, "1")
    visit = open_page(api)
    sheet = visit.sheet(registered.spec.name)
    expect(sheet.predict).to_be_enabled()

    def status() -> int:
        with visit.page.expect_response("**/models") as answer:
            pass
        return answer.value.status

    asked = [status() for _ in range(5)]
    registered.promote(make_bundle(registered.spec, seed=1))

    expect(sheet.eyebrow).to_contain_text("version 2")
    # The history may be read once more between two of them.
    assert asked.count(304) >= 3, asked


def test_a_key_is_asked_for_where_one_is_needed_and_kept_nowhere(
    models: dict[str, RegisteredModel], start_api: StartApi, open_page: Open
) -> None:
    name = models["sex"].spec.name
    api = start_api(api_key="open-sesame-of-birds", open_pages=True)
    api.client.headers["X-API-Key"] = "open-sesame-of-birds"
    api.await_version(name, "1")
    visit = open_page(api)
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
