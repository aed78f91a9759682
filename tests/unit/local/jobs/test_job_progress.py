"""The progress of a job, by its events."""

from tests.unit.local.support.recorded_step import RecordedStep

from rookery_local.jobs.job_progress import JobProgress
from rookery_local.process.events import Event


def trial(index: int) -> Event:
    return {"event": "trial", "index": index, "of": 20, "selected_by": "log_loss", "log_loss": 0.1}


def test_a_trial_is_counted_once_however_many_pods_report_it() -> None:
    step = RecordedStep()
    progress = JobProgress(step)

    for index in (0, 1, 1, 2):
        progress(trial(index))

    assert step.advances[-1] == (3, 20, "done; trial 2: log loss 0.1")


def test_a_resumed_sweep_goes_on_from_the_trials_that_another_pod_finished() -> None:
    step = RecordedStep()
    progress = JobProgress(step)

    progress({"event": "resumed", "done": 8, "of": 20})
    progress(trial(8))

    assert step.advances[-1][0] == 9


def test_trials_seen_before_the_resumption_are_not_counted_twice() -> None:
    step = RecordedStep()
    progress = JobProgress(step)

    progress(trial(0))
    progress(trial(1))
    progress({"event": "resumed", "done": 2, "of": 20})
    progress(trial(2))

    assert step.advances[-1][0] == 3


def test_the_result_has_decision_and_rule_and_the_reason_is_kept() -> None:
    step = RecordedStep()
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


def test_the_result_of_an_ingest_is_its_counts() -> None:
    step = RecordedStep()

    JobProgress(step)({"event": "ingested", "rows_in": 344, "loaded": 342, "quarantined": 2})

    assert step.conclusion == "rows_in 344, loaded 342, quarantined 2"


def test_a_wait_is_told_once_with_its_reason() -> None:
    step = RecordedStep()
    progress = JobProgress(step)
    waits = {"event": "mlflow does not answer, waiting", "reason": "500", "level": "warning"}

    for event in (waits, trial(0), waits, {**waits, "reason": "refused"}):
        progress(event)

    assert step.warnings == [
        "mlflow does not answer, waiting: 500",
        "mlflow does not answer, waiting: refused",
    ]


def test_long_work_is_told_with_the_time_left() -> None:
    step = RecordedStep()
    progress = JobProgress(step)

    progress({"event": "reading rows", "rows": 1_000_000})
    progress({"event": "reading rows", "done": 400_000, "of": 1_000_000, "seconds_left": 12})
    progress({"event": "fold", "index": 3, "fold": 2, "folds": 5, "seconds_left": 240})
    progress({"event": "fold", "index": 0, "fold": 1, "folds": 5, "seconds_left": None})
    progress({"event": "fitting the best trial", "index": 3, "rows": 800_000})
    progress({"event": "fitting the best trial", "index": 3, "rows": 800_000, "seconds": 20})
    progress({"event": "exporting the best trial", "index": 3})
    progress({"event": "comparing with the champion", "version": "7"})
    progress({"event": "fits", "done": 30, "of": 100, "seconds_left": 70})

    assert step.notes == [
        "reading 1,000,000 rows",
        "read 400,000 of 1,000,000 rows, about 12 s left",
        "trial 3: fold 2 of 5, about 4 min of trials left",
        "trial 0: fold 1 of 5",
        "fitting trial 3, the best, to 800,000 rows",
        "fitting trial 3, the best, to 800,000 rows: 20 s so far",
        "exporting trial 3",
        "comparing with the champion, version 7",
        "30 of 100 fits, about 70 s left",
    ]
