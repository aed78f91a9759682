import io
from dataclasses import dataclass

import structlog
from structlog.testing import capture_logs

from rookery_core.spec.catalog import load_catalog
from rookery_trainer.model.scores import Estimate, Scores
from rookery_trainer.model.trial import Configuration, Trial
from rookery_trainer.model.value_scores import ValueScores
from rookery_trainer.sweep.progress import ProgressBar, ProgressEvents, progress

HALF = Estimate(0.5, 0.1)
CONFIGURATION = Configuration("logistic_regression", {"C": 1.0})
SCORES = Scores(HALF, HALF, HALF, Estimate(0.12345, 0.0), (HALF,), HALF, HALF)
SPECIES = load_catalog()["species"]
COSTS = SPECIES.model_copy(update={"name": "costs", "select_by": "mae"})
TRIAL = Trial(3, CONFIGURATION, "run", SCORES)


@dataclass
class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def __post_init__(self) -> None:
        super().__init__()

    def isatty(self) -> bool:
        return True


def test_without_a_terminal_each_trial_is_one_event() -> None:
    structlog.reset_defaults()

    with capture_logs() as logs, progress(SPECIES, io.StringIO()) as shown:
        assert isinstance(shown, ProgressEvents)
        shown.begin(0, 20)
        shown.advance(TRIAL)

    assert logs == [
        {
            "event": "trial",
            "index": 3,
            "of": 20,
            "selected_by": "log_loss",
            "log_loss": 0.1235,
            "accuracy": 0.5,
            "run_id": "run",
            "log_level": "info",
        }
    ]


def test_a_resumed_sweep_says_what_was_done() -> None:
    with capture_logs() as logs:
        ProgressEvents("log_loss", 5).begin(7, 20)

    assert [(log["event"], log["done"], log["of"]) for log in logs] == [("resumed", 7, 20)]


def test_a_terminal_shows_a_bar_that_starts_where_the_sweep_was() -> None:
    terminal = Terminal()

    with progress(SPECIES, terminal) as shown:
        assert isinstance(shown, ProgressBar)
        shown.begin(18, 20)
        shown.advance(TRIAL)
        shown.advance(TRIAL)

    assert "20/20" in terminal.getvalue()
    assert "species" in terminal.getvalue()


def test_the_errors_of_values_are_shown_in_five_digits_whatever_their_size() -> None:
    scores = ValueScores(Estimate(1.23456789e-7, 0.0), Estimate(98765432.1, 0.0), HALF)

    with capture_logs() as logs, progress(COSTS, io.StringIO()) as shown:
        shown.begin(0, 1)
        shown.advance(Trial(0, CONFIGURATION, "run", scores))

    assert logs[0]["selected_by"] == "mae"
    assert (logs[0]["rmse"], logs[0]["mae"]) == (1.2346e-07, 98765000.0)


def test_a_trial_says_now_and_then_which_fold_has_begun_and_how_long_the_trials_may_take() -> None:
    now = 100.0
    with capture_logs() as logs:
        shown = ProgressEvents("log_loss", 5, clock=lambda: now)
        shown.begin(16, 20)
        shown.plan(dict.fromkeys(range(16, 20), CONFIGURATION), 1)
        for fold in range(1, 6):
            shown.fold(16, fold)
            now += 5

    said = [(log["event"], log["index"], log["fold"], log["folds"]) for log in logs[1:]]
    assert said == [("fold", 16, 3, 5), ("fold", 16, 5, 5)]
    assert [log["seconds_left"] for log in logs[1:]] == [90, 80]


def test_a_bar_says_which_fold_has_begun() -> None:
    terminal = Terminal()

    with progress(SPECIES, terminal) as shown:
        shown.begin(0, 20)
        shown.plan({3: CONFIGURATION}, 1)
        shown.fold(3, 2)
        shown.fold(3, 3)
        shown.advance(TRIAL)

    assert "species, trial 3: fold 2 of 5:" in terminal.getvalue()
    assert "species, trial 3: fold 3 of 5, about 0 s left:" in terminal.getvalue()
