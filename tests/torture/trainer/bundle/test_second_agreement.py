"""Exports of the second version agree with their originals: every estimator, task and many draws.

Each draw is compared on its own rows, on 5,000 jittered ones, and on and one unit in the last place
beside the thresholds of its trees. `--log-cli-level=INFO` shows how many rows, and the differences.
"""

import logging
from pathlib import Path
from typing import Any

import pytest
from tests.unit.trainer.support.agreement_tables import (
    agreement_snapshot,
    agreement_spec,
    calibration_of,
)
from tests.unit.trainer.support.estimators import CLASSIFIERS, REGRESSORS, SPACES

from rookery_core.errors import Refused
from rookery_core.manifest import PROBABILITY_TOLERANCE, VALUE_TOLERANCE, Calibration
from rookery_core.spec.estimators import EstimatorName
from rookery_trainer.bundle.export import Bundle, export_bundle
from rookery_trainer.data.snapshot import Snapshot
from rookery_trainer.model.cross_validation import fit_rows
from rookery_trainer.model.scores import Estimate, Scores
from rookery_trainer.model.search_space import first_configurations
from rookery_trainer.model.trial import Trial
from rookery_trainer.model.value_scores import AnyScores, ValueScores

DRAWS = 4
REFUSED: dict[EstimatorName, int] = {"gradient_boosting": 3, "calibrated_svc": 3}
"""How many draws of a case may be refused: see `test_agreement.py`. With twenty classes most
learning rates near 1 diverge."""
UNCALIBRATED = 1
"""How many draws more, where a drawn calibration sharpens the last bits; a sweep drops such a
one."""
LOG = logging.getLogger(__name__)
NONE = Estimate(0.0, 0.0)

pytestmark = [
    pytest.mark.timeout(3600),
    pytest.mark.filterwarnings("ignore:overflow encountered in cast:RuntimeWarning"),
    # Of the fit whose result a calibration replaces.
    pytest.mark.filterwarnings("ignore:lbfgs failed to converge"),
]


def exported(
    folder: Path, snapshot: Snapshot, draw: int, calibration: Calibration | None
) -> Bundle:
    """Fits and exports a drawn configuration.

    Raises:
        Refused: where the export does not agree.
    """
    spec = snapshot.spec
    (configuration,) = first_configurations(spec, draw, 0)
    scores: AnyScores = ValueScores(NONE, NONE, NONE)
    if spec.task == "classification":
        scores = Scores(NONE, NONE, NONE, NONE, (NONE,) * len(spec.classes), NONE, NONE)
    folder.mkdir()
    return export_bundle(
        folder,
        fit_rows(spec, snapshot.training, configuration, seed=draw),
        snapshot,
        Trial(0, configuration, "run", scores),
        calibration=calibration,
        sweep_id="sweep",
        trained_at="2026-01-01T00:00:00Z",
    )


def tried(
    estimator: EstimatorName,
    classes: int,
    folder: Path,
    *,
    calibrate: bool = False,
    **keys: Any,
) -> float:
    """Exports many draws, and answers the largest difference of those that were not refused."""
    spec = agreement_spec(estimator, SPACES[estimator], classes, **keys)
    refused, rows, largest = [], 0, 0.0
    for draw in range(DRAWS):
        snapshot = agreement_snapshot(spec, draw)
        calibration = calibration_of(classes, draw) if calibrate else None
        try:
            found = exported(folder / str(draw), snapshot, draw, calibration).agreement
        except Refused as error:
            refused.append(str(error))
        else:
            rows += found.rows
            largest = max(largest, found.largest_difference)
    told = "%s, %d classes, %s: %d rows, largest difference %.1e, %d of %d draws refused"
    how = "calibrated" if calibrate else keys
    LOG.info(told, estimator, classes, how, rows, largest, len(refused), DRAWS)
    allowed = REFUSED.get(estimator, 0) + (UNCALIBRATED if calibrate else 0)
    assert rows, "\n".join(refused)
    assert len(refused) <= allowed, "\n".join(refused)
    return largest


@pytest.mark.parametrize("calibrate", [False, True], ids=["raw", "calibrated"])
@pytest.mark.parametrize("classes", [2, 3, 20])
@pytest.mark.parametrize("estimator", CLASSIFIERS)
def test_exported_classes_agree_on_all_verification_rows(
    estimator: EstimatorName,
    classes: int,
    calibrate: bool,
    tmp_path: Path,
) -> None:
    largest = tried(estimator, classes, tmp_path, calibrate=calibrate)

    assert largest <= PROBABILITY_TOLERANCE


@pytest.mark.parametrize(
    "keys", [{}, {"loss": "absolute"}, {"transform": "log"}], ids=["squared", "absolute", "log"]
)
@pytest.mark.parametrize("estimator", REGRESSORS)
def test_exported_numbers_agree_on_all_verification_rows(
    estimator: EstimatorName,
    keys: dict[str, Any],
    tmp_path: Path,
) -> None:
    largest = tried(estimator, 0, tmp_path, **keys)

    assert largest <= VALUE_TOLERANCE
