"""Whether the best trial is calibrated, what the gate sees of it, and by which threshold."""

from dataclasses import dataclass

import structlog

from rookery_core.manifest import Calibration, Threshold
from rookery_trainer.data.snapshot import Snapshot
from rookery_trainer.estimators import ESTIMATORS
from rookery_trainer.model.calibration import find_calibration
from rookery_trainer.model.label_worth import aim_for
from rookery_trainer.model.out_of_fold import OutOfFold
from rookery_trainer.model.threshold import choose_threshold
from rookery_trainer.model.trial import Configuration

_log = structlog.get_logger()


@dataclass(frozen=True)
class CalibrationChoice:
    """What was found out of fold."""

    raw: OutOfFold
    """The configuration's answers."""
    reason: str
    """Why none is wanted; empty where one is."""
    wanted: Calibration | None = None
    crossed: OutOfFold | None = None
    """The answers of each fold, calibrated by the others; None where none is wanted."""

    def told(self, made: Calibration | None) -> dict[str, str | float]:
        """Says what became of it, as parameters of the sweep's run."""
        if made is not None:
            return {
                "calibration": "kept",
                "calibration_scale": made.scale,
                "calibration_offset": made.offset,
            }
        if self.wanted is not None:
            return {"calibration": "dropped: the exported model did not agree with scikit-learn's"}
        return {"calibration": self.reason}

    def answers(self, made: Calibration | None) -> OutOfFold:
        """Returns the out-of-fold answers by which the gate judges the model as it is served."""
        return self.raw if made is None or self.crossed is None else self.crossed


def choose_calibration(
    snapshot: Snapshot, configuration: Configuration, raw: OutOfFold
) -> CalibrationChoice:
    """Decides by the configuration's out-of-fold answers."""
    if not snapshot.spec.may_be_calibrated:
        return CalibrationChoice(raw, "not wanted")
    if ESTIMATORS[configuration.estimator].calibrated:
        return CalibrationChoice(raw, "none: the estimator calibrates itself")
    searched = snapshot.searched
    found = find_calibration(searched.labels, raw, searched.weights)
    if found is None:
        return CalibrationChoice(raw, "none: a class is in one fold alone")
    _log.info(
        "calibration",
        kept=found.helps,
        scale=round(found.calibration.scale, 4),
        gain=round(found.calibration.gain, 5),
        standard_error=round(found.standard_error, 5),
    )
    if not found.helps:
        return CalibrationChoice(raw, "none: it gains no more than its standard error")
    return CalibrationChoice(raw, "", found.calibration, found.crossed)


def threshold_for(snapshot: Snapshot, told: OutOfFold) -> Threshold | None:
    """Chooses the threshold of the spec's decision by out-of-fold answers, calibrated as served.

    None where the spec has no decision.
    """
    aim = aim_for(snapshot.spec)
    if aim is None:
        return None
    searched = snapshot.searched
    found = choose_threshold(aim, snapshot.spec.classes, searched.labels, told, searched.weights)
    _log.info(
        "threshold",
        positive=found.positive,
        value=round(found.value, 4),
        **{
            f"out_of_fold_{aim.name}": round(found.out_of_fold, 4),
            "at_argmax": round(found.out_of_fold_at_argmax, 4),
        },
    )
    return found
