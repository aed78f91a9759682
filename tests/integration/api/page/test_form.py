"""A person fills in a form of the page and reads the answer."""

import json
import re
import shlex
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect
from tests.integration.api.page.conftest import Open
from tests.integration.api.page.support.specs import a_spec_with_categories
from tools.harness.api_process import ApiProcess
from tools.harness.bundles import RegisteredModel
from tools.harness.specs import write_spec


@pytest.mark.parametrize("kind", ["species", "sex"])
def test_the_example_is_answered_with_every_class_and_the_version(
    kind: str, models: dict[str, RegisteredModel], api: ApiProcess, open_page: Open
) -> None:
    spec = models[kind].spec
    sheet = open_page(api).sheet(spec.name)

    sheet.ask_example()

    row = {feature["name"]: feature["example"] for feature in features(api, spec.name)}
    answer = api.predict(spec.name, row).json()
    expect(sheet.label).to_have_text(answer["class"])
    expect(sheet.bars.locator(".class")).to_have_text(list(spec.classes))
    shares = [
        float(re.sub(r"[^0-9.]", "", text))
        for text in sheet.bars.locator(".share").all_inner_texts()
    ]
    assert shares == pytest.approx([100 * p for p in answer["probabilities"].values()], abs=0.11)
    expect(sheet.root.locator(".source")).to_contain_text(answer["model"]["run_id"][:12])


def features(api: ApiProcess, model: str) -> list[dict[str, Any]]:
    """The features of a model's contract."""
    found: list[dict[str, Any]] = api.card(model)["contract"]["features"]
    return found


def test_the_card_and_the_history_say_what_the_api_says(
    models: dict[str, RegisteredModel], api: ApiProcess, open_page: Open
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
    models: dict[str, RegisteredModel], api: ApiProcess, open_page: Open
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


def test_the_command_below_the_answer_asks_the_same(
    models: dict[str, RegisteredModel], api: ApiProcess, open_page: Open
) -> None:
    sheet = open_page(api).sheet(models["sex"].spec.name)
    sheet.ask_example()

    command = sheet.root.locator("code", has_text="curl").text_content() or ""

    program, address, option, body = shlex.split(command)
    assert (program, option) == ("curl", "--json")
    answer = api.client.post(address, json=json.loads(body)).raise_for_status().json()
    expect(sheet.label).to_have_text(answer["class"])


def test_the_keyboard_alone_is_enough(
    models: dict[str, RegisteredModel], api: ApiProcess, open_page: Open
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


def test_the_ruler_sets_the_value_by_pointer(
    models: dict[str, RegisteredModel], api: ApiProcess, open_page: Open
) -> None:
    field = open_page(api).sheet(models["sex"].spec.name).field("bill_length_mm")

    field.root.locator(".ruler").click()

    expect(field.input).to_have_value("50")


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
