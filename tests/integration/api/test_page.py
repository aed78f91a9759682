"""The page for people, in a real browser, on real champions."""

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from playwright.sync_api import Browser, expect
from tests.integration.api.bundles import Desk, make, shipped
from tests.integration.api.conftest import NewDesk, StartApi, write_spec
from tests.integration.api.page_browser import Sheet, Visit, launched
from tests.integration.api.processes import ApiProcess

from rookery_core.spec import ModelSpec

expect.set_options(timeout=20_000)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A browser for every test of this module."""
    with launched() as browser:
        yield browser


@pytest.fixture(scope="module")
def models(browser: Browser, new_desk: NewDesk) -> dict[str, Desk]:
    """A champion of each kind."""
    desks = {kind: new_desk(kind) for kind in ("species", "sex")}
    for desk in desks.values():
        desk.promote(make(desk.spec))
    return desks


@pytest.fixture(scope="module")
def api(models: dict[str, Desk], start_api: StartApi) -> ApiProcess:
    """An API that serves both."""
    api = start_api()
    for desk in models.values():
        api.await_version(desk.spec.name, "1")
    return api


Open = Callable[..., Visit]


@pytest.fixture
def open_page(browser: Browser) -> Iterator[Open]:
    """Opens the page; at the end nothing has complained and nobody else was asked."""
    visits: list[Visit] = []

    def opened(api: ApiProcess, **preferences: Any) -> Visit:
        visits.append(Visit(browser, f"{api.url}/", **preferences))
        return visits[-1]

    yield opened
    for visit in visits:
        visit.context.close()
        assert visit.complaints == []
        assert [url for url in visit.asked if not url.startswith(visit.url)] == []


def predicted(sheet: Sheet) -> None:
    """The example is answered."""
    sheet.example.click()
    sheet.predict.click()
    expect(sheet.label).to_be_visible()


@pytest.mark.parametrize("kind", ["species", "sex"])
def test_the_example_is_answered_with_every_class_and_the_version(
    kind: str, models: dict[str, Desk], api: ApiProcess, open_page: Open
) -> None:
    spec = models[kind].spec
    sheet = open_page(api).sheet(spec.name)

    predicted(sheet)

    row = {feature["name"]: feature["example"] for feature in features(api, spec.name)}
    answer = api.predict(spec.name, row).json()
    expect(sheet.label).to_have_text(answer["class"])
    expect(sheet.bars.locator(".class")).to_have_text(list(spec.classes))
    shares = [float(text.split()[-2]) for text in sheet.bars.locator(".share").all_inner_texts()]
    assert shares == pytest.approx([100 * p for p in answer["probabilities"].values()], abs=0.11)
    expect(sheet.root.locator(".source")).to_contain_text(answer["model"]["run_id"][:12])


def features(api: ApiProcess, model: str) -> list[dict[str, Any]]:
    """The features of a model's contract."""
    found: list[dict[str, Any]] = api.card(model)["contract"]["features"]
    return found


def test_the_card_and_the_history_say_what_the_api_says(
    models: dict[str, Desk], api: ApiProcess, open_page: Open
) -> None:
    name = models["species"].spec.name
    champion = api.card(name)["champion"]

    sheet = open_page(api).sheet(name)

    expect(sheet.eyebrow).to_have_text(f"{name} · version 1")
    expect(sheet.root.locator(".score")).to_have_text(
        f"{champion['metrics'][champion['metric']]:.3f}"
    )
    facts = sheet.root.locator("dl")
    for text in (
        "Log loss",
        "Random forest",
        champion["data_digest"][:12],
        champion["run_id"][:12],
    ):
        expect(facts).to_contain_text(text)
    expect(sheet.promotions).to_have_count(1)
    expect(sheet.promotions).to_contain_text(["1champion"])
    expect(sheet.promotions).to_contain_text(["First champion"])


def test_each_fault_stands_beside_its_field_and_the_first_has_the_focus(
    models: dict[str, Desk], api: ApiProcess, open_page: Open
) -> None:
    name = models["species"].spec.name
    visit = open_page(api)
    sheet = visit.sheet(name)
    depth, mass = sheet.field("bill_depth_mm"), sheet.field("body_mass_g")
    sheet.example.click()
    depth.input.fill("18,7")
    mass.input.fill("9001")

    sheet.predict.click()

    for field, message in ((depth, "valid number"), (mass, "less than or equal to 9000")):
        expect(field.wrong).to_contain_text(message)
        expect(field.input).to_have_attribute("aria-invalid", "true")
        expect(field.input).to_have_accessible_description(re.compile(message))
    expect(depth.input).to_be_focused()
    expect(sheet.field("bill_length_mm").wrong).to_be_hidden()
    expect(depth.input).to_have_value("18,7")

    depth.input.fill("18.7")
    expect(depth.input).not_to_have_attribute("aria-invalid", "true")
    mass.input.fill("")
    sheet.predict.click()
    expect(mass.wrong).to_contain_text("required")
    expect(mass.input).to_be_focused()


def test_the_keyboard_alone_is_enough(
    models: dict[str, Desk], api: ApiProcess, open_page: Open
) -> None:
    spec = models["sex"].spec
    visit = open_page(api)
    sheet = visit.sheet(spec.name)
    expect(sheet.predict).to_be_enabled()
    keys = visit.page.keyboard

    keys.press("Tab")
    assert visit.focused() == "Skip to the models"
    while visit.focused() != f"{spec.name}.{spec.features[0]}":
        keys.press("Tab")
    keys.press("ArrowUp")  # an empty field begins at its example
    keys.press("ArrowUp")
    for text in ("18.7", "181", "3750"):
        keys.press("Tab")
        keys.type(text)
    keys.press("Enter")

    expect(sheet.label).to_be_visible()
    expect(sheet.field("bill_length_mm").input).to_have_value("39.2")
    keys.press("Tab")
    assert visit.focused() == "Predict"


def test_a_model_without_champion_says_so_and_is_served_once_it_has_one(
    new_desk: NewDesk, api: ApiProcess, open_page: Open
) -> None:
    desk = new_desk("sex")
    sheet = open_page(api).sheet(desk.spec.name)
    expect(sheet.state).to_contain_text("No champion yet")
    expect(sheet.predict).to_be_disabled()
    sheet.field("body_mass_g").input.fill("4100")

    desk.promote(make(desk.spec))

    expect(sheet.state).to_be_hidden()
    expect(sheet.field("body_mass_g").input).to_have_value("4100")
    predicted(sheet)


def test_a_promotion_and_a_new_model_appear_and_what_was_typed_stays(
    new_desk: NewDesk, specs: Path, api: ApiProcess, open_page: Open
) -> None:
    visit = open_page(api)
    desk = new_desk("species")
    desk.promote(make(desk.spec))
    sheet = visit.sheet(desk.spec.name)
    predicted(sheet)
    typing = sheet.field("bill_length_mm").input
    typing.press("End")

    desk.promote(make(desk.spec, seed=1))
    added = a_spec_with_categories()
    write_spec(specs, added)

    expect(sheet.eyebrow).to_contain_text("version 2")
    expect(sheet.note).to_contain_text("Version 2 is champion now")
    expect(sheet.promotions).to_have_count(2)
    expect(visit.sheet(added.name).root).to_be_visible()
    expect(typing).to_be_focused()
    expect(typing).to_have_value("39.1")


def a_spec_with_categories() -> ModelSpec:
    """Few categories, many, an optional one; markup in the texts that people see."""
    spec = shipped("species").model_dump(mode="json")
    columns = {column["name"]: column for column in spec["columns"]}
    columns["island"] |= {"optional": True, "description": "<img src=x onerror=alert(1)>"}
    columns["sex"]["values"] = ["A", "B", "C", "D", "E", "F"]
    columns["bill_length_mm"] |= {"unit": "", "range": [-40, 40], "example": None}
    spec |= {
        "name": f"t{uuid4().hex[:12]}",
        "title": '<b>Bold</b> & "quoted"',
        "features": ["island", "sex", "bill_length_mm"],
    }
    return ModelSpec.model_validate_json(json.dumps(spec))


def test_categories_become_choices_and_texts_stay_texts(
    specs: Path, api: ApiProcess, open_page: Open
) -> None:
    spec = a_spec_with_categories()
    write_spec(specs, spec)

    sheet = open_page(api).sheet(spec.name)

    expect(sheet.root.get_by_role("heading", name=spec.title)).to_be_visible()
    island = sheet.root.get_by_role("radiogroup", name="Island")
    expect(island.get_by_role("radio", name="Not known")).to_be_checked()
    island.get_by_role("radio", name="Not known").press("ArrowRight")
    expect(island.get_by_role("radio", name="Biscoe")).to_be_checked()
    expect(sheet.root.get_by_role("combobox", name="Sex").locator("option")).to_have_count(7)
    expect(sheet.field("bill_length_mm").input).to_have_attribute("inputmode", "text")
    expect(sheet.root.locator("img, b")).to_have_count(0)


def test_an_api_that_is_away_costs_nothing_that_was_typed(
    models: dict[str, Desk], api: ApiProcess, open_page: Open
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
    models: dict[str, Desk], start_api: StartApi, open_page: Open
) -> None:
    name = models["sex"].spec.name
    visit = open_page(start_api(api_key="open sesame"))
    field = visit.page.get_by_label("API key")
    expect(field).to_be_visible()

    field.fill("another")
    field.press("Enter")
    expect(visit.page.get_by_text("The server refuses this key")).to_be_visible()
    field.fill("open sesame")
    field.press("Enter")

    expect(field).to_be_hidden()
    predicted(visit.sheet(name))
    state = visit.context.storage_state(indexed_db=True)
    assert state == {"cookies": [], "origins": []}
    assert visit.page.evaluate("sessionStorage.length + localStorage.length") == 0
    visit.page.reload()
    expect(field).to_have_value("")
    expect(field).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_text_has_contrast_in_every_state(
    scheme: str, models: dict[str, Desk], api: ApiProcess, open_page: Open
) -> None:
    visit = open_page(api, color_scheme=scheme, reduced_motion="reduce")
    sheet, other = (visit.sheet(models[kind].spec.name) for kind in ("species", "sex"))
    expect(sheet.predict).to_be_enabled()
    blank = visit.faint()

    predicted(sheet)
    answered = visit.faint()
    sheet.field("body_mass_g").input.fill("1")
    expect(sheet.note).to_contain_text("changed")
    other.predict.click()
    expect(other.field("body_mass_g").wrong).to_be_visible()
    faulty = visit.faint()

    assert (blank, answered, faulty) == ([], [], [])
    assert visit.page.evaluate("document.getAnimations().length") == 0


def test_no_window_from_phone_to_desk_scrolls_sideways(
    models: dict[str, Desk], api: ApiProcess, open_page: Open
) -> None:
    visit = open_page(api)
    predicted(visit.sheet(models["species"].spec.name))

    overflows = {width: visit.overflow(width) for width in (320, 360, 390, 768, 960, 1280, 1920)}

    assert set(overflows.values()) == {0}, overflows


def test_markup_and_scripts_from_elsewhere_do_not_run(api: ApiProcess, open_page: Open) -> None:
    visit = open_page(api)

    refused = visit.page.evaluate(
        """() => {
            const attempts = {
                markup: () => { document.body.innerHTML = "<img src=x>"; },
                script: () => { document.createElement("script").text = "window.ran = true"; },
                handler: () => document.body.setAttribute("onclick", "window.ran = true"),
            };
            const refused = [];
            for (const [name, attempt] of Object.entries(attempts)) {
                try { attempt(); } catch (error) { refused.push(name); }
            }
            document.body.click();
            return [refused, window.ran];
        }"""
    )

    assert "markup" in refused[0]
    assert "script" in refused[0]
    assert refused[1] is None
    assert visit.complaints
    visit.complaints.clear()
