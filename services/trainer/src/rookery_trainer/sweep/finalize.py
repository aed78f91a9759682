"""The best trial as what the gate looks at: bundle, version's tags, report."""

import json
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

import structlog

from rookery_core.database.sides import scheme
from rookery_core.errors import Refused
from rookery_core.manifest import Calibration, Residuals, Threshold
from rookery_core.registry_names import (
    TAG_BUNDLE,
    TAG_DATA_DIGEST,
    TAG_MANIFEST_SHA256,
    TAG_SPEC_DIGEST,
    TAG_THRESHOLD,
)
from rookery_trainer.bundle.export import Bundle, NotExported, export_bundle, restore_bundle
from rookery_trainer.data.snapshot import Snapshot
from rookery_trainer.failpoints import failpoint
from rookery_trainer.model.answers import FittedModel
from rookery_trainer.model.label_worth import AT_ARGMAX, COST
from rookery_trainer.model.trial import Trial
from rookery_trainer.scratch import scratch_folder
from rookery_trainer.sweep.calibration import CalibrationChoice
from rookery_trainer.tracking.artifacts import Artifacts
from rookery_trainer.tracking.run_metrics import metrics_of
from rookery_trainer.tracking.runs import Runs
from rookery_trainer.tracking.sweep_report import write_report
from rookery_trainer.tracking.sweep_runs import TAG_WATERMARK, Parent
from rookery_trainer.tracking.versions import TAG_SCHEME

_log = structlog.get_logger()


def find_or_export_bundle(
    artifacts: Artifacts,
    parent: Parent,
    best: Trial,
    fitted: FittedModel,
    snapshot: Snapshot,
    *,
    calibration: Calibration | None,
    threshold: Callable[[Calibration | None], Threshold | None],
    residuals: Residuals | None,
    folder: Path,
) -> Bundle:
    """Reads the bundle that the trial's run has, or exports one and logs it; verifies either.

    A bundle that is there may be registered, and a second fit can differ in the last bit: so it
    is never replaced. A calibration with which the bundle would not agree is dropped.

    Args:
        threshold: chooses one for probabilities that are calibrated so.
        residuals: how far the interval of an answer reaches.

    Raises:
        NotExported: none can be made that the API reads, and that answers as `fitted` does.
        Refused: the bundle that is there does not answer so.
    """
    if artifacts.get_bundle(best.run_id, folder):
        return restore_bundle(folder, fitted, snapshot)
    export = partial(
        export_bundle,
        folder,
        fitted,
        snapshot,
        best,
        sweep_id=parent.inputs.sweep_id,
        trained_at=parent.started_at,
        residuals=residuals,
    )
    try:
        try:
            bundle = export(calibration=calibration, threshold=threshold(calibration))
        except Refused as refusal:
            if calibration is None:
                raise
            _log.warning("calibration dropped", reason=str(refusal))
            bundle = export(threshold=threshold(None))
    except Refused as refusal:
        raise NotExported(str(refusal)) from refusal
    failpoint("bundle")
    artifacts.put_bundle(best.run_id, folder)
    return bundle


def version_tags(
    artifacts: Artifacts, best: Trial, bundle: Bundle, snapshot: Snapshot
) -> dict[str, str]:
    """What the model version says of itself: where its bundle is, and from what it was trained."""
    tags = {
        TAG_BUNDLE: artifacts.bundle_path(best.run_id),
        TAG_MANIFEST_SHA256: bundle.manifest_sha256,
        TAG_DATA_DIGEST: snapshot.data_digest,
        TAG_SPEC_DIGEST: snapshot.spec.digest,
        TAG_WATERMARK: str(snapshot.watermark),
    }
    threshold = bundle.manifest.threshold
    if threshold is not None:
        told = {"positive": threshold.positive, "value": threshold.value}
        tags[TAG_THRESHOLD] = json.dumps(told)
    return tags if snapshot.spec.spec == 1 else {**tags, TAG_SCHEME: str(scheme(snapshot.spec))}


def log_report(
    runs: Runs,
    artifacts: Artifacts,
    parent: Parent,
    snapshot: Snapshot,
    trials: Sequence[Trial],
    *,
    best: Trial,
    bundle: Bundle,
    calibration: CalibrationChoice | None,
) -> None:
    """Logs the sweep's parameters, metrics, pictures and tables to its parent run.

    `best` is the trial that `bundle` is of.
    """
    spec, score = snapshot.spec, bundle.evaluation.score
    figures = {**score.figures, **bundle.manifest.metrics}
    holdout = {f"holdout_{name}": figure for name, figure in figures.items()}
    runs.log(best.run_id, {}, holdout)
    runs.log(
        parent.run_id,
        {
            "estimator": best.configuration.estimator,
            "trials": spec.trials,
            "folds": spec.folds,
            "training_rows": len(snapshot.training),
            "holdout_rows": len(snapshot.holdout),
            **({} if snapshot.sample is None else {"search_rows": len(snapshot.sample)}),
            **{f"rows_{reason}": rows for reason, rows in snapshot.left_out.items() if rows},
            **(calibration.told(bundle.manifest.calibration) if calibration else {}),
            **_threshold_parameters(bundle.manifest.threshold),
            "winner": best.index,
            **{f"winner_{name}": value for name, value in best.configuration.parameters.items()},
        },
        {
            **metrics_of(best.scores, spec.classes),
            **_threshold_metrics(bundle.manifest.threshold),
            **holdout,
        },
    )
    with scratch_folder() as folder:
        write_report(folder, spec, trials, best, bundle.evaluation)
        artifacts.put(parent.run_id, folder)


def _threshold_parameters(threshold: Threshold | None) -> dict[str, str | float]:
    """Says which threshold was chosen, as parameters of the sweep's run."""
    if threshold is None:
        return {}
    return {"threshold": threshold.value, "positive": threshold.positive}


def _threshold_metrics(threshold: Threshold | None) -> dict[str, float]:
    """Says what the threshold is worth on the answers that it was chosen by."""
    if threshold is None:
        return {}
    name = threshold.decision.metric or COST
    return {
        f"out_of_fold_{name}": threshold.out_of_fold,
        f"out_of_fold_{name}{AT_ARGMAX}": threshold.out_of_fold_at_argmax,
    }
