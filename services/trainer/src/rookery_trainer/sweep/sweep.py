"""The sweep as one page: inputs, trials, best, bundle, verify, register, gate, promote, end.

Every step finds what an earlier process did of it, so that a sweep that was killed anywhere is
continued by running it again. A failpoint stands between any two effects.
"""

from collections.abc import Collection, Sequence
from dataclasses import replace
from functools import partial

import structlog

from rookery_trainer.data.snapshot import Snapshot
from rookery_trainer.failpoints import failpoint
from rookery_trainer.freed_memory import return_scattered_memory
from rookery_trainer.locks.lock import HeldLock, sweep_lock
from rookery_trainer.model.search_space import sweep_seed
from rookery_trainer.model.trial import Trial
from rookery_trainer.promotion.promotion import begin_promotion, promotion_attempts
from rookery_trainer.scratch import scratch_folder
from rookery_trainer.sweep.exported_trial import export_best
from rookery_trainer.sweep.finalize import log_report, version_tags
from rookery_trainer.sweep.inputs import SweepRequest, open_sweep, read_inputs
from rookery_trainer.sweep.judgement import decide_on
from rookery_trainer.sweep.overtaken import (
    followed,
    marked,
    replaced_where_overtaken,
    require_still_there,
)
from rookery_trainer.sweep.shutdown import ending_sweep
from rookery_trainer.sweep.trainer import Trainer
from rookery_trainer.sweep.workers import Workers
from rookery_trainer.tracking.logged_models import answered_by
from rookery_trainer.tracking.runs import Runs
from rookery_trainer.tracking.sweep_runs import FINISHED, RUNNING, Parent

_log = structlog.get_logger()


def run_sweep(trainer: Trainer, request: SweepRequest) -> None:
    """Finishes the sweep and decides on its best trial.

    What was done of it before is not done again.

    Raises:
        Refused: the data, the spec or the sweep's inputs make it impossible.
        RowsForgotten: a row that it had read was forgotten; the same again begins anew.
        Unavailable: a service was away, or another process held the sweep, for too long.
    """
    request = replace(request, sweep_id=followed(trainer, request.sweep_id))
    for attempt in trainer.lock_attempts(sweep_lock(request.sweep_id)):
        with attempt as lock:
            _run(trainer, request, lock)


def _run(trainer: Trainer, request: SweepRequest, lock: HeldLock) -> None:
    runs = trainer.runs()
    opened = open_sweep(trainer, runs, request, lock)
    if opened is None:
        return
    parent, earlier, begun = opened.parent, opened.earlier, opened.begun
    del opened
    if parent.status == FINISHED:
        runs.end_late(earlier)
        _log.info("the sweep was concluded before", run_id=parent.run_id)
        return

    with (
        ending_sweep(lock, runs, parent),
        replaced_where_overtaken(runs, parent),
        scratch_folder() as folder,
    ):
        # Inputs: the rows that the sweep was begun with, without those that came later.
        snapshot = read_inputs(trainer, parent.inputs, folder, begun)
        # Its training rows are in files now; these would stay in memory.
        del begun
        return_scattered_memory()
        runs.end_orphans(earlier)
        if parent.status != RUNNING:
            runs.reopen(parent.run_id)

        # TrialRunner: every configuration is tried, with one run each.
        runner = trainer.trial_runner(runs, parent, snapshot, lock)
        runner.adopt(earlier.children)
        with trainer.workers(parent, snapshot) as pool:
            trials = runner.complete(pool)
            lock.require()
            found = runs.find(request.sweep_id)
            runs.end_orphans(found, trials)
            _decide_on_best(
                trainer,
                runs,
                parent,
                snapshot,
                trials,
                not_exported=found.not_exported,
                pool=pool,
            )

        # Again: a process that had been stopped may have gone on meanwhile.
        lock.require()
        runs.end_orphans(runs.find(request.sweep_id), trials)

    failpoint("end")
    runs.end(parent.run_id, FINISHED)


def _decide_on_best(
    trainer: Trainer,
    runs: Runs,
    parent: Parent,
    snapshot: Snapshot,
    trials: Sequence[Trial],
    *,
    not_exported: Collection[str],
    pool: Workers,
) -> None:
    artifacts = trainer.artifacts

    # Best: the best trial that can be served is fitted to all training rows, and exported.
    exported = export_best(
        runs, artifacts, parent, snapshot, trials, not_exported=not_exported, pool=pool
    )
    best, bundle, calibration = exported.trial, exported.bundle, exported.calibration
    failpoint("model")
    models = trainer.logged_models(runs.experiment_id)
    model_id = models.log(
        best.run_id,
        snapshot.learned,
        bundle.model,
        best.configuration,
        answered_by(bundle.manifest),
    )
    failpoint("report")
    log_report(
        runs,
        artifacts,
        parent,
        snapshot,
        trials,
        best=best,
        bundle=bundle,
        calibration=calibration,
    )
    tags = version_tags(artifacts, best, bundle, snapshot)
    decide = decide_on(
        artifacts,
        snapshot,
        trials,
        best,
        bundle,
        told=calibration.answers(bundle.manifest.calibration) if calibration else None,
        seed=sweep_seed(trainer.spec, parent.inputs.ordinal),
        mapper=pool.map,
        mark=partial(marked, trainer),
    )

    # Under the model's promotion lock, so that the champion cannot change in between.
    for attempt in promotion_attempts(trainer.postgres, trainer.spec.name):
        with attempt as lock:
            promotion = begin_promotion(lock, trainer.registry, parent.inputs.sweep_id)
            outcome = promotion.outcome
            if outcome is None:
                # A row may have been forgotten while its sweep was under way.
                require_still_there(trainer, parent.inputs)

                # Register: the challenger becomes a version, which does not serve yet.
                version = promotion.register(best.run_id, model_id, tags)

                # Gate: compares the challenger with the champion of this moment.
                decision = decide(promotion)

                # Promote, or reject: first in the ledger, then in the aliases.
                outcome = promotion.record(version, decision)
            promotion.finish(outcome, parent.run_id)
