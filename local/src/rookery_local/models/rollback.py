"""Rollback in the embedded stack: which version is served now, and which is barred."""

from collections.abc import Callable

from rookery_core.spec.model_spec import ModelSpec
from rookery_local.console.report import Report
from rookery_local.jobs.embedded_jobs import rollback_job, run_embedded_job
from rookery_local.models.model_versions import champion_version, is_barred
from rookery_local.models.prediction import await_version
from rookery_local.process.events import ROLLED_BACK, Event
from rookery_local.stack.presence import Watch
from rookery_local.stack.stack import Stack


def roll_back(
    stack: Stack,
    spec: ModelSpec,
    to: int | None,
    *,
    report: Report,
    say: Callable[[str], None],
    watch: Watch,
) -> None:
    """Makes version `to`, or the previous champion, the champion, and waits until it is served.

    Raises:
        Refused: there is nothing to roll back to.
        Unavailable: a service does not answer, or the API does not serve the version.
    """
    with report.step(f"roll back {spec.name}") as step:
        before = champion_version(stack.tracking.settings, spec.name)
        rolled_back = _RolledBack()
        run_embedded_job(rollback_job(stack, spec.name, to), rolled_back, watch)
        await_version(stack.addresses.api_url, spec.name, rolled_back.champion)
        left = before[0] if before else rolled_back.champion
        barred = is_barred(stack.tracking.settings, spec.name, left)
        step.conclude(_conclusion(rolled_back.champion, left, barred))
    if barred:
        say(f"To reinstate version {left}: rookery rollback {spec.name} --to {left}")


def _conclusion(served: str, left: str, barred: bool) -> str:
    if served == left:
        return f"version {served} is the champion already and stays"
    if not barred:
        return f"version {served} is reinstated and served; version {left} is not barred"
    return f"version {served} is served; version {left} is barred"


class _RolledBack:
    """Remembers the version that the trainer made champion."""

    def __init__(self) -> None:
        self.champion = ""

    def __call__(self, event: Event) -> None:
        if event["event"] == ROLLED_BACK:
            self.champion = str(event["champion"])
