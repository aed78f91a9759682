"""Waiting for a model's route, and the commands that are shown at the end."""

import io

import pytest
from rich.console import Console
from tests.unit.local.support.prediction_api import ANSWER, HOST, KEY, OPTIONS, Api

from rookery_core.errors import Unavailable
from rookery_local.cli.cluster_commands import next_commands
from rookery_local.cluster.namespace import Object
from rookery_local.console.report import ProgressLines
from rookery_local.kind.bring_up import await_route, models
from rookery_local.models.prediction import InvalidSpec, Prediction, RequestOptions


@pytest.fixture
def report() -> ProgressLines:
    """Shows nothing to anybody."""
    return ProgressLines(Console(file=io.StringIO()))


def test_a_route_is_asked_with_the_releases_host_and_key(api: Api, report: ProgressLines) -> None:
    prediction = await_route(api.url, "sex", OPTIONS, report)

    assert prediction.answer == ANSWER
    assert f"curl -s {api.url}/predict/sex -H 'Host: {HOST}' " in prediction.curl
    assert KEY not in prediction.curl


def test_a_champion_that_the_api_has_not_seen_yet_is_waited_for(
    api: Api, report: ProgressLines
) -> None:
    api.champion_after = 1

    assert await_route(api.url, "sex", OPTIONS, report).answer == ANSWER
    assert api.asked == 2


def test_a_model_without_a_champion_is_reported_as_such(api: Api, report: ProgressLines) -> None:
    api.champion_after = None

    with pytest.raises(Unavailable, match=r"model wine has no champion: .*rookery retrain wine"):
        await_route(api.url, "wine", OPTIONS, report, champion_timeout=0)


def test_the_error_of_a_route_that_refuses_has_its_words(api: Api, report: ProgressLines) -> None:
    with pytest.raises(Unavailable, match=r"/predict/sex does not answer .*401: Send the API key"):
        await_route(api.url, "sex", RequestOptions(), report, timeout=0)


def test_the_models_are_those_with_a_trainer_in_the_release() -> None:
    manifest: list[Object | None] = [
        {"kind": "CronJob", "metadata": {"name": name}}
        for name in ("trainer-wine", "retention", "ingest-sex", "trainer-sex")
    ]

    assert models([None, *manifest, {"kind": "Job", "metadata": {"name": "trainer-x"}}]) == [
        "sex",
        "wine",
    ]


def test_a_model_whose_spec_is_not_valid_is_reported_at_once(
    api: Api, report: ProgressLines
) -> None:
    api.spec_error = "wine.yaml is not YAML"

    with pytest.raises(InvalidSpec, match=r"spec of model wine is not valid: wine.yaml is not"):
        await_route(api.url, "wine", OPTIONS, report)
    assert api.asked == 0


def test_the_next_commands_name_context_and_namespace() -> None:
    where = " --context kind-rookery --namespace ml"
    predictions = [Prediction(f"curl {name}", ANSWER) for name in ("sex", "species")]

    told = list(next_commands(".venv/bin/rookery", where, ["sex", "species"], predictions))

    assert told == [
        ("Predict", "curl sex"),
        ("Predict", "curl species"),
        ("Retrain", f".venv/bin/rookery retrain species{where}"),
        ("Open the UIs", f".venv/bin/rookery cluster ui{where}"),
    ]
