"""Forgetting in a cluster: the Jobs that erase a row and what was trained on it, one by one."""

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from rookery_local.cluster.cron_template import job_from
from rookery_local.cluster.job_logs import follow
from rookery_local.cluster.namespace import Namespace, NotThere, Object
from rookery_local.console.report import Report
from rookery_local.jobs.job_progress import JobProgress
from rookery_local.models.overtaken import REJECTED, Overtaken, erased, rejected, retired
from rookery_local.process.events import FORGOTTEN, RETIRED, Event

Say = Callable[[str], None]
NAMES = ("forget", "retire", "trainer")
SNAPSHOT_BUCKET = "ROOKERY_SNAPSHOT_BUCKET"


@dataclass(frozen=True)
class Forgetting:
    """Erases rows of a cluster's models."""

    namespace: Namespace
    report: Report
    say: Say

    def forget(self, model: str, key: Sequence[str]) -> None:
        """Erases the row with this key, and replaces and removes what was trained on it.

        Run again after an interruption, it goes on where it ended.

        Raises:
            Refused: the model's rows have no such key, or the gate rejects what would replace the
                champion.
            Unavailable: a retry may help.
        """
        templates = _templates(self.namespace, model)
        with _secret(self.namespace, f"forget-{model}", key):
            self._run(job_from(templates["forget"]), FORGOTTEN, erased)
        self._drop_stored_rows(model, templates["trainer"])
        overtaken = self._overtaken(model, templates["retire"])
        for line in overtaken.lines(model):
            self.say(line)
        if overtaken.champion:
            self._replace(model, overtaken.champion, templates["trainer"])
        if overtaken.sweeps:
            self._run(job_from(templates["retire"]), RETIRED, retired)
        self.say("\nThe row is erased. What may still hold it:")
        for each in remains(templates["forget"], datetime.now(UTC)):
            self.say(f"- {each}")

    def _drop_stored_rows(self, model: str, template: Object) -> None:
        """Removes the rows that the trainer keeps in its bucket, if the release has one."""
        [container] = template["spec"]["jobTemplate"]["spec"]["template"]["spec"]["containers"]
        if all(each["name"] != SNAPSHOT_BUCKET for each in container.get("env", [])):
            return
        with self.report.step(f"drop stored rows of {model}"):
            self._follow(job_from(template, lambda _: ["drop-snapshots", model]), lambda _: None)

    def _overtaken(self, model: str, template: Object) -> Overtaken:
        found = Overtaken()
        with self.report.step(f"versions of {model} that have read it") as step:
            self._follow(job_from(template, lambda own: [*own, "--dry-run"]), found)
            step.conclude(", ".join(found.versions) or "none")
        return found

    def _replace(self, model: str, champion: str, template: Object) -> None:
        with self.report.step(f"train {model}") as step:
            progress = JobProgress(step)
            self._follow(job_from(template), progress)
        if progress.decision == REJECTED:
            raise rejected(model, champion, progress.reason)

    def _run(self, body: Object, name: str, told: Callable[[Event], str]) -> None:
        with self.report.step(body["metadata"]["generateName"].removesuffix("-")) as step:

            def tell(event: Event) -> None:
                if event["event"] == name:
                    step.conclude(told(event))

            self._follow(body, tell)

    def _follow(self, body: Object, on_event: Callable[[Event], None]) -> None:
        job = self.namespace.create_job(body)["metadata"]["name"]
        follow(self.namespace, job, on_event, self.say)


def remains(forgets: Object, now: datetime) -> list[str]:
    """Lists where a forgotten row may be found after all, and until when."""
    kept = forgets["spec"]["jobTemplate"]["spec"].get("ttlSecondsAfterFinished")
    end = f"{now + timedelta(seconds=kept):%Y-%m-%d %H:%M} UTC" if kept else "they are deleted"
    return [
        "its source: until you delete it there; each ingest leaves the row out",
        f"logs of Jobs that quote a bad record of it: until {end}, and in whatever collects logs",
        "the disk cache of the API: for half a minute",
        "the write-ahead log of PostgreSQL and its old statistics: until they are overwritten, "
        "at the latest after 1 GB of changes (`max_wal_size`)",
        "copies that people have made, such as backups and snapshots of the volumes, or runs and "
        "models of their own in MLflow: until they delete them. The chart makes no backups",
    ]


def _templates(namespace: Namespace, model: str) -> dict[str, Object]:
    try:
        return {name: namespace.cron_job(f"{name}-{model}") for name in NAMES}
    except NotThere as error:
        raise NotThere(
            f"{error}. Only a model whose spec has `spec: 2` and a `key` has forget-MODEL and "
            "retire-MODEL, in a release of this version of the chart"
        ) from None


@contextmanager
def _secret(namespace: Namespace, name: str, key: Sequence[str]) -> Iterator[None]:
    """Keeps the row's key in a Secret while the block runs: a Job would show it for a day."""
    with suppress(NotThere):
        # Of a command that was killed.
        namespace.delete_secret(name)
    namespace.create_secret(name, {"key": json.dumps(list(key))})
    try:
        yield
    finally:
        namespace.delete_secret(name)
