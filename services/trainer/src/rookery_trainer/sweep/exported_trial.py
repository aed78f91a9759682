"""The best trial of a sweep whose model can be served: fitted, calibrated, exported."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import structlog

from rookery_core.errors import Refused
from rookery_trainer.bundle.export import Bundle, NotExported
from rookery_trainer.data.snapshot import Snapshot
from rookery_trainer.failpoints import failpoint
from rookery_trainer.freed_memory import return_scattered_memory
from rookery_trainer.heartbeat import awaited
from rookery_trainer.model.out_of_fold import out_of_fold
from rookery_trainer.model.residuals import find_residuals
from rookery_trainer.model.search_space import sweep_seed
from rookery_trainer.model.trial import Trial, ranked
from rookery_trainer.scratch import scratch_folder
from rookery_trainer.sweep.calibration import CalibrationChoice, choose_calibration, threshold_for
from rookery_trainer.sweep.finalize import find_or_export_bundle
from rookery_trainer.sweep.workers import Workers
from rookery_trainer.tracking.artifacts import Artifacts
from rookery_trainer.tracking.runs import Runs
from rookery_trainer.tracking.sweep_runs import Parent

FITTING = "fitting the best trial"
_log = structlog.get_logger()


@dataclass(frozen=True)
class ExportedTrial:
    """The trial on which the gate decides."""

    trial: Trial
    bundle: Bundle
    calibration: CalibrationChoice | None
    """Under `spec: 2`."""


def export_best(
    runs: Runs,
    artifacts: Artifacts,
    parent: Parent,
    snapshot: Snapshot,
    trials: Sequence[Trial],
    *,
    not_exported: Collection[str],
    pool: Workers,
) -> ExportedTrial:
    """Exports the best trial; of one that can't be exported it says why, and takes the next best.

    Args:
        not_exported: runs of trials that an earlier process could not export.

    Raises:
        Refused: none of the trials can be exported, or a bundle that is there does not answer as
            its trial does.
    """
    failpoint("winner")
    reason = ""
    for trial in ranked(trials, snapshot.spec.select_by):
        if trial.run_id in not_exported:
            continue
        try:
            return _exported(artifacts, parent, snapshot, trial, pool)
        except NotExported as error:
            reason = str(error)
            _log.warning("trial left out: it can't be served", index=trial.index, reason=reason)
            runs.leave_out(trial.run_id, reason)
    raise Refused(
        f"none of the {len(trials)} trials can be served"
        + (f": {reason}" if reason else "; choose another estimator or search space")
    )


def _exported(
    artifacts: Artifacts, parent: Parent, snapshot: Snapshot, trial: Trial, pool: Workers
) -> ExportedTrial:
    spec = snapshot.spec
    # Fitted by a worker: the process of the sweep stays small, and the folds are fitted meanwhile.
    facts = {"index": trial.index, "rows": len(snapshot.training)}
    _log.info(FITTING, **facts)
    fit = pool.fit(trial.configuration)

    # Calibration: decided by what the folds' fits say of rows that they were not fitted to.
    # Threshold: where the spec has a decision, by the same answers, calibrated as they are served.
    # Residuals: of the same answers, where the spec has an interval.
    calibration, residuals = None, None
    if spec.spec == 2:
        seed = sweep_seed(spec, parent.inputs.ordinal)
        told = out_of_fold(spec, snapshot.searched, trial.configuration, seed, pool.map)
        calibration = choose_calibration(snapshot, trial.configuration, told)
        residuals = find_residuals(spec, snapshot.searched, told)
    fitted = awaited(fit, FITTING, **facts)
    return_scattered_memory()

    # Bundle, verify: exported once, and compared with the fitted model each time.
    _log.info("exporting the best trial", index=trial.index)
    with scratch_folder() as folder:
        bundle = find_or_export_bundle(
            artifacts,
            parent,
            trial,
            fitted,
            snapshot,
            calibration=calibration.wanted if calibration else None,
            threshold=lambda made: (
                threshold_for(snapshot, calibration.answers(made)) if calibration else None
            ),
            residuals=residuals,
            folder=folder,
        )
    return ExportedTrial(trial, bundle, calibration)
