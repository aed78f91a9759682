"""Bundles of small fitted models, of any spec of the second version."""

from pathlib import Path

from tests.unit.trainer.support.estimators import SMALL

from rookery_trainer.bundle.export import Bundle, export_bundle
from rookery_trainer.data.snapshot import Snapshot
from rookery_trainer.model.cross_validation import fit_rows
from rookery_trainer.model.scores import Estimate, Scores
from rookery_trainer.model.trial import Configuration, Trial
from rookery_trainer.model.value_scores import AnyScores, ValueScores

SCORE = Estimate(mean=0.9, deviation=0.01)


def export_of(
    directory: Path, snapshot: Snapshot, configuration: Configuration | None = None
) -> Bundle:
    """Fits a configuration, if none is given the small one of the spec's estimator, and exports it.

    Raises:
        Refused: the exported model does not agree with it.
    """
    spec = snapshot.spec
    assert len(spec.candidates) == 1
    configuration = configuration or Configuration(spec.candidates[0], SMALL[spec.candidates[0]])
    scores: AnyScores = ValueScores(SCORE, SCORE, SCORE)
    if spec.task == "classification":
        recalls = (SCORE,) * len(spec.classes)
        scores = Scores(SCORE, SCORE, SCORE, SCORE, recalls, SCORE, SCORE)
    return export_bundle(
        directory,
        fit_rows(spec, snapshot.training, configuration, seed=1),
        snapshot,
        Trial(0, configuration, "run", scores),
        sweep_id="sweep",
        trained_at="2026-01-01T00:00:00Z",
    )
