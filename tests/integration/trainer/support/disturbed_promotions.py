"""Disturbed promotions, and what must be true afterwards; a sample here, all in torture."""

import signal
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from tests.integration.trainer.support.challengers import SCORE, RegisteredModel
from tests.integration.trainer.support.processes import finish, resume, wait_until_stopped
from tests.integration.trainer.support.promotion_processes import Task, start
from tests.some import some

from rookery_core.registry_names import CHAMPION, PREVIOUS, TAG_DECISION
from rookery_core.settings import TrackingSettings
from rookery_trainer.locks.lock import LockTimes
from rookery_trainer.promotion.entries import desired_aliases
from rookery_trainer.promotion.reconciliation import reconcile_model
from rookery_trainer.promotion.rollback import roll_back

_CONCLUSION = ("reconcile", "register", "judge")
PROMOTION_STEPS = (
    *_CONCLUSION,
    "intent",
    "alias previous",
    "send previous",
    "alias champion",
    "send champion",
    "outcome",
    "tags",
    "tag run",
    "done",
)
REJECTION_STEPS = (*_CONCLUSION, "rejection", "tags", "tag run", "done")
ROLLBACK_STEPS = (
    "reconcile",
    "intent",
    "alias previous",
    "send previous",
    "alias champion",
    "send champion",
    "bar",
    "outcome",
    "tags",
    "done",
)


@dataclass(frozen=True)
class Found:
    """What a killed process left behind."""

    versions: int
    aliases: dict[str, int]
    epochs: list[str | None]
    """The outcome of each epoch, None for an open one."""


@dataclass(frozen=True)
class Promotions:
    """Makes promotions of one model, each for a process of its own, and finds what is left."""

    model: RegisteredModel
    tracking: TrackingSettings
    folder: Path

    def task(self, score: int | None) -> Task:
        """Makes the promotion of a new challenger; a rollback where there is no score."""
        challenger = None if score is None else self.model.challenger(score)
        inside = self.folder / self.model.name
        return Task(self.model.postgres, self.tracking, self.model.name, challenger, inside)

    def found(self) -> Found:
        """Looks at what is there now."""
        return Found(
            len(self.model.registry.versions()),
            self.model.registry.aliases(),
            [intent.outcome for intent in self.model.entries().intents],
        )


def killed_before(promotions: Promotions, step: str, score: int | None) -> Found:
    """Kills a promotion before `step`; the next trainer's start and a retry complete it.

    There were three champions before, of scores 1, 2 and 3: a greater score is promoted, a smaller
    one rejected, and none at all is a rollback.
    """
    model = promotions.model
    for earlier in (1, 2, 3):
        model.promote(earlier)
    task = replace(promotions.task(score), step=step)

    assert finish(start(task)) == -signal.SIGKILL
    found = promotions.found()
    reconcile_model(model.registry, model.postgres)
    assert_agreed(model)
    if task.challenger:
        model.decide(task.challenger)
    else:
        roll_back(registry=model.registry, postgres=model.postgres, request_id=model.name)

    assert_agreed(model)
    previous, champion, versions = {None: (1, 2, 3), 1: (2, 3, 4), 9: (3, 4, 4)}[score]
    assert model.registry.aliases() == {PREVIOUS: previous, CHAMPION: champion}
    assert len(model.registry.versions()) == versions
    return found


def promote_at_once(promotions: Promotions, scores: Sequence[int]) -> None:
    """Runs promotions at once: never two inside, one decision each, the best is champion."""
    tasks = [promotions.task(score) for score in scores]
    challengers = [task.challenger for task in tasks if task.challenger]

    codes = [finish(process) for process in [start(task) for task in tasks]]

    assert codes == [0] * len(scores)
    entries = promotions.model.entries()
    decided = [intent.change.version.sweep_id for intent in entries.intents]
    decided += [rejection.version.sweep_id for rejection in entries.rejections]
    assert sorted(decided) == sorted(challenger.sweep_id for challenger in challengers)
    versions = promotions.model.registry.versions()
    champion = versions[promotions.model.registry.aliases()[CHAMPION]]
    assert int(champion.tags[SCORE]) == max(scores)
    # Each promotion knew the champion of the one before: nobody's update was lost.
    numbers = [None, *(intent.change.version.number for intent in entries.intents)]
    assert [intent.change.replaces for intent in entries.intents] == numbers[:-1]
    promoted = [int(versions[number].tags[SCORE]) for number in numbers if number]
    assert promoted == sorted(promoted)
    assert_agreed(promotions.model)


def stopped_before(promotions: Promotions, step: str, rival: int) -> None:
    """Stops a holder before `step` for longer than its time-out: it is refused.

    A rival of score `rival` decides meanwhile; then the holder, of score 5, goes on. Just before it
    sends an alias, the request goes out still: it is set right before the holder ends.
    """
    model = promotions.model
    model.promote(1)
    times = LockTimes(wait=120, poll=0.02, idle=1)
    stop = replace(promotions.task(5), step=step, signal=signal.SIGSTOP, times=times)
    process = start(stop)
    wait_until_stopped(process)

    # Waits for the lock until the server has ended the holder's silent session.
    model.promote(rival)
    resume(process)
    code = finish(process)

    assert code == 0
    log = Path(f"{stop.inside}.log").read_text()
    assert '"refused"' in log
    champion = model.registry.versions()[model.registry.aliases()[CHAMPION]]
    assert int(champion.tags[SCORE]) == max(5, rival)
    assert_agreed(model)


def assert_agreed(model: RegisteredModel) -> None:
    """Asserts that ledger and registry agree, with one version and one decision per sweep."""
    entries, versions = model.entries(), model.registry.versions()
    assert entries.open is None
    assert [intent.epoch for intent in entries.intents] == list(range(1, 1 + len(entries.intents)))
    here = {each.version for each in versions.values()}
    desired = desired_aliases(entries, here.__contains__)
    wanted = {CHAMPION: desired.champion, PREVIOUS: desired.previous}
    assert model.registry.aliases() == {k: v.number for k, v in wanted.items() if v}
    sweeps = [version.sweep_id for version in here]
    assert len(sweeps) == len(set(sweeps))
    for version in some(here):
        decision = versions[version.number].tags.get(TAG_DECISION)
        if entries.rejection(version.sweep_id):
            assert decision == "rejected"
        elif entries.promotion(version.sweep_id):
            assert decision == ("rolled back" if version in entries.barred else "promoted")
        else:
            assert decision is None
