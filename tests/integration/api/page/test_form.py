"""A person fills in a form of the page and reads the answer."""

import json
import re
import shlex
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from mlflow import MlflowClient
from playwright.sync_api import expect
from tests.integration.api.page.conftest import Open
from tests.integration.api.page.support.browser import Visit
from tests.integration.api.page.support.specs import (
    a_spec_of_units,
    a_spec_with_categories,
)
from tools.harness.api_process import ApiProcess
from tools.harness.bundles import RegisteredModel, make_bundle
from tools.harness.costly.wide_model import wide_rows, wide_spec
from tools.harness.linear_bundle import linear_bundle
from tools.harness.specs import write_spec


@pytest.fixture
def visit(api: ApiProcess, open_page: Open) -> Visit:
    """The page, opened."""
    return open_page(api)


@pytest.mark.parametrize("kind", ["species", "sex"])
def test_the_example_is_answered_with_every_class_and_the_version(
    kind: str, models: dict[str, RegisteredModel], api: ApiProcess, open_page: Open
) -> None:
    spec = models[kind].spec
    sheet = open_page(api).sheet(spec.name)

    sheet.ask_example()

    expect(sheet.root.page.get_by_label("Find a model")).to_be_hidden()
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
    depth.input.fill("about 18")
    mass.input.fill("9001")

    sheet.predict.click()

    for field, message in ((depth, "A number in mm, please"), (mass, "At most 9000 g")):
        expect(field.wrong).to_have_text(message)
        expect(field.input).to_have_attribute("aria-invalid", "true")
        expect(field.input).to_have_accessible_description(re.compile(message))
    expect(depth.input).to_be_focused()
    expect(sheet.field("bill_length_mm").wrong).to_be_hidden()
    expect(depth.input).to_have_value("about 18")

    depth.input.fill("18.7")
    expect(depth.input).not_to_have_attribute("aria-invalid", "true")
    mass.input.fill("")
    sheet.predict.click()
    expect(mass.wrong).to_have_text("Fill this in")
    expect(mass.input).to_be_focused()


def test_what_is_wrong_is_said_in_words(models: dict[str, RegisteredModel], visit: Visit) -> None:
    sheet = visit.sheet(models["sex"].spec.name)
    depth = sheet.field("bill_depth_mm")
    sheet.example.click()

    for typed, message in (
        ("7,9", "At least 8 mm"),
        ("30.001", "At most 30 mm"),
        ("1e999", "At most 30 mm"),
        ("-1e999", "At least 8 mm"),
        ("\u22125", "At least 8 mm"),
        (" ", "Fill this in"),
        ("1 018 mm", "At most 30 mm"),
        ("18,7,1", "A number in mm, please"),
        ("NaN", "A number in mm, please"),
        ("Infinity", "A number in mm, please"),
        ("0x10", "A number in mm, please"),
        ("1.018,7", "A number in mm, please, with nothing between its thousands"),
        ("1.018,7 mm", "A number in mm, please, with nothing between its thousands"),
        ("0 018", "A number in mm, please, with nothing between its thousands"),
    ):
        depth.input.fill(typed)
        sheet.predict.click()
        expect(depth.wrong, typed).to_have_text(message)
        expect(depth.input).to_have_value(typed)


def test_a_decimal_comma_is_a_decimal_point(
    models: dict[str, RegisteredModel], visit: Visit
) -> None:
    sheet = visit.sheet(models["sex"].spec.name)
    depth = sheet.field("bill_depth_mm")
    sheet.example.click()

    asked = {}
    for typed in ("18,7", "18,", "12,345", "1,87e1", " 18,7 ", "18.7"):
        depth.input.fill(typed)
        with visit.page.expect_request("**/predict/*") as request:
            sheet.predict.click()
        sheet.await_answer()
        asked[typed] = json.loads(request.value.post_data or "")["bill_depth_mm"]

    assert asked == {
        "18,7": 18.7,
        "18,": 18,
        "12,345": 12.345,
        "1,87e1": 18.7,
        " 18,7 ": 18.7,
        "18.7": 18.7,
    }


def test_a_number_is_taken_with_its_unit_and_spaces_between_its_thousands(
    models: dict[str, RegisteredModel], visit: Visit
) -> None:
    sheet = visit.sheet(models["sex"].spec.name)
    sheet.example.click()
    typed = {
        "bill_depth_mm": ["18,7 mm", "18.7mm", "18,7\u00a0mm ", "mm 18.7", "1,87e1 mm"],
        "body_mass_g": ["3 750 g", "3\u202f750", "3\u2009750,0g", "3'750", "3\u2019750g", "3750g"],
    }

    asked = {}
    for name, texts in typed.items():
        for text in texts:
            sheet.field(name).input.fill(text)
            with visit.page.expect_request("**/predict/*") as request:
                sheet.predict.click()
            sheet.await_answer()
            expect(sheet.field(name).input).to_have_value(text)
            asked[text] = json.loads(request.value.post_data or "")[name]

    assert asked == {
        **dict.fromkeys(typed["bill_depth_mm"], 18.7),
        **dict.fromkeys(typed["body_mass_g"], 3750),
    }


def test_a_number_in_another_unit_is_refused_with_the_fields_own(
    models: dict[str, RegisteredModel], visit: Visit
) -> None:
    sheet = visit.sheet(models["sex"].spec.name)
    sheet.example.click()

    for name, typed, unit in (
        ("bill_depth_mm", "1,87 cm", "mm"),
        ("bill_depth_mm", "18.7 MM", "mm"),
        ("bill_depth_mm", "18.7 mm²", "mm"),
        ("bill_depth_mm", "18.7 m m m", "mm"),
        ("bill_depth_mm", "about 18 mm", "mm"),
        ("bill_depth_mm", "mm", "mm"),
        ("body_mass_g", "3.75 kg", "g"),
        ("body_mass_g", "3 750 kg", "g"),
        ("body_mass_g", "$ 3750", "g"),
        ("body_mass_g", "3750 g 1", "g"),
    ):
        sheet.example.click()
        field = sheet.field(name)
        field.input.fill(typed)
        sheet.predict.click()
        expect(field.wrong, typed).to_have_text(f"A number in {unit}, please")
        expect(field.input).to_have_accessible_description(re.compile(f"A number in {unit}"))
        expect(field.input).to_have_value(typed)


@pytest.mark.parametrize("typed", ["3,750", "3,750 g"])
def test_a_comma_that_may_part_thousands_is_asked_about(
    models: dict[str, RegisteredModel], visit: Visit, typed: str
) -> None:
    sheet = visit.sheet(models["sex"].spec.name)
    mass = sheet.field("body_mass_g")
    sheet.example.click()
    mass.input.fill(typed)

    sheet.predict.click()

    expect(mass.wrong).to_have_text("3.75 or 3750? Write it without the comma")


def test_units_are_compared_as_people_write_them(
    specs: Path, client: MlflowClient, api: ApiProcess, open_page: Open
) -> None:
    units = {
        "area": ("m²", ["12 m2", "12m²", "12 m²"]),
        "dose": ("\u00b5g", ["12 \u03bcg", "12\u00b5g"]),
        "price": ("€", ["€12", "€ 12,0", "12 €"]),
        "energy": ("eV", ["12eV", "1.2e1 eV"]),
        "rate": ("m s\u22121", ["12 m s-1", "12m s\u22121"]),
        "temperature": ("°C", ["12 °C", "12℃"]),
        "share": ("%", ["12%", "12 %"]),
        "plain": ("", ["12"]),
    }
    spec = a_spec_of_units({name: unit for name, (unit, _) in units.items()})
    write_spec(specs, spec)
    RegisteredModel(client, spec).promote(linear_bundle(spec))
    api.await_version(spec.name, "1")
    visit = open_page(api)
    sheet = visit.sheet(spec.name)
    expect(sheet.predict).to_be_enabled()

    for place in range(3):
        sheet.example.click()
        for name, (_, texts) in units.items():
            sheet.field(name).input.fill(texts[min(place, len(texts) - 1)])
        with visit.page.expect_request("**/predict/*") as request:
            sheet.predict.click()
        sheet.await_answer()

        assert json.loads(request.value.post_data or "") == dict.fromkeys(units, 12)


def test_all_that_is_plainly_wrong_is_named_at_once(
    specs: Path, client: MlflowClient, api: ApiProcess, open_page: Open
) -> None:
    spec = wide_spec(f"t{uuid4().hex[:12]}")
    write_spec(specs, spec)
    RegisteredModel(client, spec).promote(make_bundle(spec, parameters={"C": 1.0}, read=wide_rows))
    api.await_version(spec.name, "1")
    sheet = open_page(api).sheet(spec.name)
    expect(sheet.predict).to_be_enabled()

    sheet.predict.click()

    required = sum(not column.optional for column in spec.feature_columns)
    expect(sheet.root.locator(".wrong:not(:empty)")).to_have_text(["Choose one"] * required)


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
    sex = sheet.root.get_by_role("combobox", name="Männchen/Weibchen")
    expect(sex.locator("option")).to_have_count(7)
    expect(sheet.field("bill_length_mm").input).to_have_attribute("inputmode", "text")
    expect(sheet.root.locator("img, b")).to_have_count(0)
