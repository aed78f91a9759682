"""What the page looks like, and what it never lets in."""

import pytest
from playwright.sync_api import expect
from tests.integration.api.page.conftest import Open
from tools.harness.api_process import ApiProcess
from tools.harness.bundles import RegisteredModel


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_state_is_accessible_and_every_text_has_contrast(
    scheme: str, models: dict[str, RegisteredModel], api: ApiProcess, open_page: Open
) -> None:
    visit = open_page(api, color_scheme=scheme, reduced_motion="reduce")
    sheet, other = (visit.sheet(models[kind].spec.name) for kind in ("species", "sex"))
    expect(sheet.predict).to_be_enabled()
    blank = visit.faint() + visit.barriers()

    sheet.ask_example()
    answered = visit.faint() + visit.barriers()
    sheet.field("body_mass_g").input.fill("1")
    expect(sheet.note).to_contain_text("changed")
    other.predict.click()
    expect(other.field("body_mass_g").wrong).to_be_visible()
    faulty = visit.faint() + visit.barriers()

    assert (blank, answered, faulty) == ([], [], [])
    assert visit.page.evaluate("document.getAnimations().length") == 0


def test_it_says_how_a_table_of_ones_own_becomes_a_model(api: ApiProcess, open_page: Open) -> None:
    visit = open_page(api)

    own = visit.page.get_by_role("region", name="Your own table")

    expect(own).to_contain_text("rookery run churn.csv --target churn")
    expect(own).to_contain_text("rookery cluster add")


def test_no_window_from_phone_to_desk_scrolls_sideways(
    models: dict[str, RegisteredModel], api: ApiProcess, open_page: Open
) -> None:
    visit = open_page(api)
    sheet = visit.sheet(models["species"].spec.name)
    sheet.ask_example()
    sheet.root.get_by_text("The same as a command").click()
    expect(sheet.root.locator("code", has_text="curl")).to_be_visible()

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
