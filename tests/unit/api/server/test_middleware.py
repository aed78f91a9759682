"""The middleware: what it counts, and what it logs."""

import json
import re
from typing import Any

import pytest
from tests.unit.api.support.asking import ask

from rookery_api.app import App, create_app
from rookery_api.base.exposition_format import TEXT
from rookery_api.base.settings import ApiSettings
from rookery_core.settings import CatalogSettings, TrackingSettings

KEY = "all-of-the-letters"
TRACEPARENT = "traceparent"
VALID = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
OTHER = "00-aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa-00f067aa0ba902b7-01"
PREDICTIONS = (
    "/predict/species",
    "/invocations",
    "/invocations/species",
    "/v2/models/species/infer",
    "/v2/models/species/versions/1/infer",
)


@pytest.fixture
def app() -> App:
    """An application that is never started: it has no champion."""
    given = ApiSettings.model_validate({"access_log": False, "api_key": KEY})
    return create_app(given, TrackingSettings(), CatalogSettings())


def counted(app: App) -> set[tuple[str, str, float]]:
    """Requests by model and class of status."""
    text = app.metrics.exposition(TEXT).decode()
    series = r'_model_requests_total\{model="([^"]*)",status_class="(\w+)"\} (\S+)'
    return {(model, status, float(count)) for model, status, count in re.findall(series, text)}


@pytest.mark.parametrize("path", PREDICTIONS)
def test_a_request_for_predictions_is_counted_for_its_model(app: App, path: str) -> None:
    statuses = [ask(app, "POST", path, key).status for key in (KEY, KEY, None)]

    assert statuses == [503, 503, 401]
    assert counted(app) == {("species", "5xx", 2), ("species", "4xx", 1)}


def test_names_that_the_catalog_lacks_make_no_series(app: App) -> None:
    for name in ("nobody", "species%20", "%ff", "a" * 200):
        for path in (f"/predict/{name}", f"/invocations/{name}", f"/v2/models/{name}/infer"):
            assert ask(app, "POST", path, KEY).status == 404

    assert counted(app) == set()


def test_what_asks_for_no_prediction_is_not_counted_for_a_model(app: App) -> None:
    for method, path in (
        ("GET", "/models/species"),
        ("GET", "/v2/models/species"),
        ("GET", "/v2/models/species/ready"),
        ("GET", "/predict/species"),
        ("POST", "/models/species"),
        ("POST", "/v2/models/species"),
    ):
        ask(app, method, path, KEY)

    assert counted(app) == set()


def logged(
    capsys: pytest.CaptureFixture[str], path: str, headers: list[tuple[str, str]]
) -> dict[str, Any]:
    """The line in the access log of one request."""
    given = ApiSettings.model_validate({"access": "open"})
    made = create_app(given, TrackingSettings(), CatalogSettings())
    capsys.readouterr()

    ask(made, "POST", path, repeated=headers)

    lines = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    (found,) = [line for line in lines if line["event"] == "request"]
    return dict(found)


@pytest.mark.parametrize("path", [*PREDICTIONS, "/models", "/", "/nowhere"])
def test_the_log_names_the_trace_of_the_caller(
    capsys: pytest.CaptureFixture[str], path: str
) -> None:
    line = logged(capsys, path, [(TRACEPARENT, VALID), ("x-request-id", "bird-1")])

    assert line["trace_id"] == "4bf92f3577b34da6a3ce929d0e0e4736"
    assert (line["span_id"], line["trace_flags"]) == ("00f067aa0ba902b7", "01")
    assert line["request_id"] == "bird-1"


@pytest.mark.parametrize(
    "values",
    [
        [],
        [""],
        [VALID.upper()],
        [VALID, VALID],
        [VALID, OTHER],
        [VALID, ""],
        ["", VALID],
        [VALID, OTHER, VALID],
        [f"{VALID}, {OTHER}"],
    ],
)
def test_a_trace_that_is_not_valid_or_not_the_only_one_is_left_out(
    capsys: pytest.CaptureFixture[str], values: list[str]
) -> None:
    line = logged(capsys, "/predict/species", [(TRACEPARENT, value) for value in values])

    assert not {"trace_id", "span_id", "trace_flags"} & line.keys()
