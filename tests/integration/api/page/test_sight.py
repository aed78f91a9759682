"""Whatever a model's features, labels and units are: all of it is read, and the answer is seen."""

from pathlib import Path

import pytest
from mlflow import MlflowClient
from playwright.sync_api import Browser, expect
from tests.integration.api.page.conftest import Open
from tests.integration.api.page.support.specs import (
    a_spec_of_choices,
    a_spec_of_long_texts,
    a_spec_of_thirteen_numbers,
)
from tests.integration.api.support.fixture_types import StartApi
from tools.harness.api_process import ApiProcess
from tools.harness.bundles import RegisteredModel, make_bundle
from tools.harness.costly.wide_model import wide_rows, wide_spec
from tools.harness.specs import write_spec

from rookery_core.spec.model_spec import ModelSpec

WINDOWS = [(1280, 900), (1366, 700), (1920, 1080), (768, 1024), (375, 812), (320, 568)]
"""Desks, a tablet and phones."""


@pytest.fixture(scope="module")
def shapes() -> dict[str, ModelSpec]:
    """Specs by what is hard to lay out in them."""
    return {
        "choices": a_spec_of_choices(),
        "long texts": a_spec_of_long_texts(),
        "thirteen numbers": a_spec_of_thirteen_numbers(),
        "sixty features": wide_spec("wide"),
    }


@pytest.fixture(scope="module")
def api(
    browser: Browser,
    shapes: dict[str, ModelSpec],
    client: MlflowClient,
    specs: Path,
    start_api: StartApi,
) -> ApiProcess:
    """An API that serves a champion of each."""
    for spec in shapes.values():
        write_spec(specs, spec)
        RegisteredModel(client, spec).promote(
            make_bundle(spec, parameters={"C": 1.0}, read=wide_rows)
        )
    api = start_api()
    for spec in shapes.values():
        api.await_version(spec.name, "1")
    return api


@pytest.mark.parametrize("shape", ["long texts", "thirteen numbers", "sixty features"])
def test_after_predict_the_answer_is_in_the_window(
    shape: str, shapes: dict[str, ModelSpec], api: ApiProcess, open_page: Open
) -> None:
    visit = open_page(api, reduced_motion="reduce")
    sheet = visit.sheet(shapes[shape].name)
    sheet.example.click()

    for window in WINDOWS:
        visit.resize(window)
        for edge in ("end", "start"):  # where in the window Predict stands when it is pressed
            sheet.predict.evaluate(f"button => button.scrollIntoView({{block: '{edge}'}})")
            sheet.predict.press("Enter")
            sheet.await_answer()
            assert visit.seen(sheet.label), (window, edge)


@pytest.mark.parametrize("window", [(1280, 900), (375, 812)], ids=str)
def test_what_is_wrong_is_in_the_window(
    window: tuple[int, int], shapes: dict[str, ModelSpec], api: ApiProcess, open_page: Open
) -> None:
    visit = open_page(api, reduced_motion="reduce")
    visit.resize(window)
    sheet = visit.sheet(shapes["thirteen numbers"].name)
    first, last = sheet.field("measure_0"), sheet.field("measure_12")
    sheet.example.click()
    last.input.fill("101")

    first.input.press("Enter")

    expect(last.input).to_be_focused()
    assert visit.seen(last.input)
    assert visit.seen(last.wrong)


@pytest.mark.parametrize("window", [(1280, 900), (375, 812)], ids=str)
def test_that_there_is_no_answer_is_in_the_window(
    window: tuple[int, int], shapes: dict[str, ModelSpec], api: ApiProcess, open_page: Open
) -> None:
    visit = open_page(api, reduced_motion="reduce")
    visit.resize(window)
    sheet = visit.sheet(shapes["thirteen numbers"].name)
    sheet.example.click()
    visit.page.route("**/predict/*", lambda route: route.abort())

    sheet.field("measure_0").input.press("Enter")

    expect(sheet.fault).to_contain_text("did not answer")
    assert visit.seen(sheet.fault)


@pytest.mark.parametrize("shape", ["choices", "long texts", "sixty features"])
def test_every_text_stays_in_its_place(
    shape: str, shapes: dict[str, ModelSpec], api: ApiProcess, open_page: Open
) -> None:
    visit = open_page(api, reduced_motion="reduce")

    visit.sheet(shapes[shape].name).ask_example()

    assert visit.barriers() == []
    for window in WINDOWS:
        visit.resize(window)
        assert visit.spilled() == [], window
        assert visit.overflow(window[0]) == 0, window
