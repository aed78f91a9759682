"""How far a job is, by its events."""

from rookery_local.jobs.job_progress import JobProgress
from rookery_local.process.events import Event


class Told:
    """A step that remembers what it was told last."""

    def __init__(self) -> None:
        self.done = 0
        self.of = 0
        self.last = ""
        self.conclusion = ""

    def advance(self, done: int, of: int, note: str = "") -> None:
        self.done, self.of, self.last = done, of, note

    def note(self, text: str) -> None:
        raise AssertionError(f"nothing to tell beside trials: {text}")

    def conclude(self, note: str) -> None:
        self.conclusion = note


def trial(index: int) -> Event:
    return {"event": "trial", "index": index, "of": 20, "log_loss": 0.1}


def test_trials_are_counted_once_however_many_pods_tell_of_them() -> None:
    step = Told()
    progress = JobProgress(step)

    for index in (0, 1, 1, 2):
        progress(trial(index))

    assert (step.done, step.of) == (3, 20)
    assert step.last == "trial, log loss 0.1"


def test_a_resumed_sweep_goes_on_from_the_trials_that_another_pod_finished() -> None:
    step = Told()
    progress = JobProgress(step)

    progress({"event": "resumed", "done": 8, "of": 20})
    progress(trial(8))

    assert step.done == 9


def test_trials_seen_before_the_resumption_are_not_counted_twice() -> None:
    step = Told()
    progress = JobProgress(step)

    progress(trial(0))
    progress(trial(1))
    progress({"event": "resumed", "done": 2, "of": 20})
    progress(trial(2))

    assert step.done == 3


def test_a_conclusion_says_decision_and_rule_and_keeps_the_reason() -> None:
    step = Told()
    progress = JobProgress(step)

    progress(
        {
            "event": "concluded",
            "version": "2",
            "decision": "rejected",
            "rule": "margin",
            "reason": "no improvement shown",
        }
    )

    assert step.conclusion == "version 2 rejected, margin"
    assert progress.reason == "no improvement shown"


def test_an_ingest_concludes_with_its_account() -> None:
    step = Told()

    JobProgress(step)({"event": "ingested", "rows_in": 344, "loaded": 342, "quarantined": 2})

    assert step.conclusion == "rows_in 344, loaded 342, quarantined 2"
