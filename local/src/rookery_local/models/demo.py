"""The demo: from the shipped CSV to two served champions."""

import json
from collections.abc import Callable, Sequence

from rookery_core.spec.model_spec import ModelSpec
from rookery_local.console.report import Report
from rookery_local.models.model_versions import champion_version
from rookery_local.models.prediction import Prediction, await_version, predict
from rookery_local.models.training import ingest, train_at_need
from rookery_local.stack.presence import Watch, explained
from rookery_local.stack.stack import Stack


def run_demo(
    stack: Stack, specs: Sequence[ModelSpec], report: Report, watch: Watch
) -> list[Prediction]:
    """Ingests each of the models, trains those that need it, and asks each for a prediction."""
    with explained(watch):
        for spec in specs:
            ingest(stack, spec, report, watch)
        for spec in specs:
            train_at_need(stack, spec, report, watch)
        return [ask(stack, spec, report) for spec in specs]


def ask(stack: Stack, spec: ModelSpec, report: Report) -> Prediction:
    """Asks for a prediction of the spec's example, once the API serves today's champion."""
    with report.step(f"predict {spec.name}") as step:
        url = stack.addresses.api_url
        champion = champion_version(stack.tracking.settings, spec.name)
        if champion is not None:
            await_version(url, spec.name, champion[0])
        prediction = predict(url, spec.name, {})
        step.conclude(f"{spec.target}: {prediction.told}")
    return prediction


def show(
    say: Callable[[str], None], stack: Stack, predictions: list[Prediction], seconds: float
) -> None:
    """Shows what a person needs to continue: commands, answers and addresses."""
    for prediction in predictions:
        say("")
        say(command_and_answer(prediction))
    say(f"\n{addresses_of(stack)}\n\nDone in {seconds:.1f} s.")


def addresses_of(stack: Stack) -> str:
    """Lists where a person finds the parts of the stack."""
    url = stack.addresses.api_url
    return (
        f"Form and model cards  {url}/"
        f"\nAPI documentation     {url}/docs"
        f"\nMetrics               {stack.addresses.management_url}/metrics"
        f"\nMLflow                {stack.addresses.mlflow_url}/"
        f"\nState and logs        {stack.home.root}"
    )


def command_and_answer(prediction: Prediction) -> str:
    """Writes the command and the answer."""
    return f"$ {prediction.curl}\n{json.dumps(prediction.answer)}"
