"""Retention in the embedded stack: one line for each sweep that is removed or kept."""

from collections.abc import Callable

from rookery_local.console.report import Report
from rookery_local.jobs.embedded_jobs import retention_job, run_embedded_job
from rookery_local.process.events import (
    IN_DOUBT,
    KEPT,
    REMOVED,
    STAYS,
    TO_BE_REMOVED,
    WOULD_BE_REMOVED,
    Event,
)
from rookery_local.stack.presence import Watch
from rookery_local.stack.stack import Stack
from rookery_trainer.retention.settings import RetentionSettings

_EXTENT = "versions {versions}, runs {runs}, logged models {logged_models}, objects {objects}"
_SENTENCES = {
    KEPT: "{model}: sweep {sweep_id} stays: {reason}",
    IN_DOUBT: "{model}: {reason}",
    WOULD_BE_REMOVED: f"{{model}}: sweep {{sweep_id}} would be removed: {_EXTENT}",
    TO_BE_REMOVED: f"{{model}}: sweep {{sweep_id}} is to be removed: {_EXTENT}",
    REMOVED: "{model}: sweep {sweep_id} is removed",
    STAYS: "sweep {sweep_id} stays for now: {reason}",
}


def clean(
    stack: Stack,
    model: str | None,
    settings: RetentionSettings,
    *,
    dry_run: bool,
    report: Report,
    say: Callable[[str], None],
    watch: Watch,
) -> None:
    """Removes the sweeps of the model, or of all models, that the settings do not keep.

    It names each of them; in a dry run it only names them.

    Raises:
        Refused: it is not certain what is served.
        Unavailable: a service does not answer.
    """
    title = f"retention {model}" if model else "retention"
    with report.step(title) as step:
        lines = _SweepLines(say)
        run_embedded_job(retention_job(stack, model, settings, dry_run=dry_run), lines, watch)
        went = WOULD_BE_REMOVED if dry_run else REMOVED
        step.conclude(f"{went} {lines.count(went)}, kept {lines.count(KEPT)}")


class _SweepLines:
    """Prints a line for each event of retention, and counts the events."""

    def __init__(self, say: Callable[[str], None]) -> None:
        self._say = say
        self._seen: list[str] = []

    def __call__(self, event: Event) -> None:
        kind = event["event"]
        self._seen.append(kind)
        if kind in _SENTENCES:
            self._say(_SENTENCES[kind].format_map(event))

    def count(self, kind: str) -> int:
        """Counts the events of the kind."""
        return self._seen.count(kind)
