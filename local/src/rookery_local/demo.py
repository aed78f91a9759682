"""The demo: the main job, from the shipped CSV to two served champions."""

import json
from collections.abc import Callable, Sequence

from rookery_core.spec import ModelSpec
from rookery_local.prediction import Prediction
from rookery_local.report import Report
from rookery_local.session import Session
from rookery_local.stack import Stack
from rookery_local.steps import ask, ingest, train_at_need


def run_demo(
    stack: Stack, specs: Sequence[ModelSpec], report: Report, watch: Callable[[], None]
) -> list[Prediction]:
    """Every one of these models is ingested, trained where it needs it, and asked once."""
    for spec in specs:
        ingest(stack, spec, report, watch)
    for spec in specs:
        train_at_need(stack, spec, report, watch)
    return [ask(stack, spec, report) for spec in specs]


def show(session: Session, stack: Stack, predictions: list[Prediction], seconds: float) -> None:
    """A person has what they need to go on by themselves: commands, answers, addresses."""
    url = stack.addresses.api_url
    for prediction in predictions:
        session.say("")
        session.say(shown(prediction))
    session.say(
        f"\nForm and model cards  {url}/"
        f"\nAPI documentation     {url}/docs"
        f"\nMetrics               {stack.addresses.management_url}/metrics"
        f"\nMLflow                {stack.addresses.mlflow_url}/"
        f"\nState and logs        {stack.home.root}"
        f"\n\nDone in {seconds:.1f} s."
    )


def shown(prediction: Prediction) -> str:
    """The command and the answer."""
    return f"$ {prediction.curl}\n{json.dumps(prediction.answer)}"
