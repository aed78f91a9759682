"""Forgetting in the embedded stack: a row leaves the data, and whatever was trained on it."""

import hashlib
from collections.abc import Callable, Sequence

import httpx

from rookery_core.database.names import ROLE_TRAINER
from rookery_core.spec.model_spec import ModelSpec
from rookery_core.waiting import Wait, poll_until
from rookery_ingest.source.redaction import redacted
from rookery_local.console.report import Report
from rookery_local.jobs.embedded_jobs import (
    drop_snapshots_job,
    forget_job,
    retire_job,
    run_embedded_job,
)
from rookery_local.models.model_versions import champion_version, data_digest
from rookery_local.models.overtaken import REJECTED, Overtaken, erased, rejected, retired
from rookery_local.models.prediction import await_version, card_of, client_of
from rookery_local.models.training import train
from rookery_local.process.events import FORGOTTEN, RETIRED, Event
from rookery_local.servers.deleted_rows import drop_traces
from rookery_local.stack.presence import Watch
from rookery_local.stack.stack import Stack

Say = Callable[[str], None]
CARD_WAIT = Wait(90.0, 0.5)
"""How long the API may take to see that versions are gone: its cards are half a minute old."""


def forget(
    stack: Stack,
    spec: ModelSpec,
    key: Sequence[str],
    *,
    report: Report,
    say: Say,
    watch: Watch,
) -> None:
    """Erases the row with this key, and replaces and removes what was trained on it.

    Run again after an interruption, it goes on where it ended.

    Raises:
        Refused: the spec has no such key, or the gate rejects what would replace the champion.
        Unavailable: a retry may help.
    """
    _erase(stack, spec, key, report, watch)
    with report.step(f"drop stored rows of {spec.name}"):
        run_embedded_job(drop_snapshots_job(stack, spec.name), lambda _: None, watch)
    overtaken = _overtaken(stack, spec, report, watch)
    for line in overtaken.lines(spec.name):
        say(line)
    if overtaken.champion:
        _replace(stack, spec, overtaken.champion, report, watch)
    _retire(stack, spec, overtaken, report, watch)
    with report.step("let go of what was deleted"):
        stack.object_store.compact()
        drop_traces(stack.postgres.admin)
    say("\nThe row is erased. What may still hold it:")
    for each in remains(stack, spec):
        say(f"- {each}")


def remains(stack: Stack, spec: ModelSpec) -> list[str]:
    """Lists where a forgotten row may be found after all, and until when."""
    return [
        f"its source, {redacted(spec.source.url)}: until you delete it there; each ingest leaves "
        "the row out",
        f"logs in {stack.home.logs} that quote a bad record of it: until you delete them",
        "copies that people have made, such as backups of the state folder, or runs and models of "
        "their own in MLflow: until they delete them. The stack makes no backups",
    ]


def _erase(stack: Stack, spec: ModelSpec, key: Sequence[str], report: Report, watch: Watch) -> None:
    with report.step(f"forget a row of {spec.name}") as step:

        def tell(event: Event) -> None:
            if event["event"] == FORGOTTEN:
                step.conclude(erased(event))

        run_embedded_job(forget_job(stack, spec.name, key), tell, watch)


def _overtaken(stack: Stack, spec: ModelSpec, report: Report, watch: Watch) -> Overtaken:
    with report.step(f"versions of {spec.name} that have read it") as step:
        found = Overtaken()
        run_embedded_job(retire_job(stack, spec.name, dry_run=True), found, watch)
        step.conclude(", ".join(found.versions) or "none")
    return found


def _replace(stack: Stack, spec: ModelSpec, champion: str, report: Report, watch: Watch) -> None:
    """Trains a version that takes the champion's place, and waits until it is served.

    Raises:
        Refused: the gate rejects it.
    """
    digest = data_digest(stack.postgres.settings(ROLE_TRAINER), spec.name)
    # Of spec, rows and champion: an interrupted sweep goes on, a changed spec is another one.
    told = f"{spec.digest} {digest} in place of version {champion}"
    training = train(stack, spec, report, watch, hashlib.sha256(told.encode()).hexdigest()[:32])
    if training.decision == REJECTED:
        raise rejected(spec.name, champion, training.reason)
    found = champion_version(stack.tracking.settings, spec.name)
    if found:
        await_version(stack.addresses.api_url, spec.name, found[0])


def _retire(
    stack: Stack, spec: ModelSpec, overtaken: Overtaken, report: Report, watch: Watch
) -> None:
    if not overtaken.sweeps:
        return
    with report.step(f"retire what has read it of {spec.name}") as step:

        def tell(event: Event) -> None:
            if event["event"] == RETIRED:
                step.conclude(retired(event))

        run_embedded_job(retire_job(stack, spec.name, dry_run=False), tell, watch)
        _await_gone(stack.addresses.api_url, spec.name, set(overtaken.versions))


def _await_gone(url: str, model: str, versions: set[str]) -> None:
    """Waits until the API's card no longer has the versions: its disk has not either by then."""
    with client_of(url) as client:
        poll_until(
            lambda: versions.isdisjoint(_versions_on_card(client, model)) or None,
            CARD_WAIT,
            lambda: f"the API still shows versions of {model} that are gone: `rookery logs api`",
        )


def _versions_on_card(client: httpx.Client, model: str) -> set[str]:
    return {each["version"] for each in card_of(client, model)["history"]}
