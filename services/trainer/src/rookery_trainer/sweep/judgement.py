"""The decision on a sweep's best trial: what the gate's rules need is fetched, then they decide."""

from collections.abc import Callable, Iterator, Sequence

import structlog

from rookery_core.errors import Refused
from rookery_core.spec.model_spec import ModelSpec
from rookery_trainer.bundle.champion_bundle import ChampionBundle
from rookery_trainer.bundle.export import Bundle
from rookery_trainer.data.snapshot import Snapshot
from rookery_trainer.gate.champion_evaluation import evaluate_champion
from rookery_trainer.gate.contenders import Challenger
from rookery_trainer.gate.decision import Decision
from rookery_trainer.gate.gate import decide
from rookery_trainer.gate.second_evaluation import Contender, case_of
from rookery_trainer.gate.second_gate import decide_second
from rookery_trainer.model.mapper import Mapper
from rookery_trainer.model.out_of_fold import OutOfFold
from rookery_trainer.model.trial import Trial
from rookery_trainer.promotion.promotion import Promotion
from rookery_trainer.tracking.artifacts import Artifacts
from rookery_trainer.tracking.versions import RegisteredVersion

_log = structlog.get_logger()

Decide = Callable[[Promotion], Decision]
"""Decides, when the model's promotion lock is held."""
Mark = Callable[[ChampionBundle], ChampionBundle]
"""Finds out whether the champion must go, because of a forgotten row."""


def decide_on(
    artifacts: Artifacts,
    snapshot: Snapshot,
    trials: Sequence[Trial],
    best: Trial,
    bundle: Bundle,
    *,
    told: OutOfFold | None,
    seed: int,
    mapper: Mapper,
    mark: Mark,
) -> Decide:
    """Prepares the decision on the sweep's best trial, by the rules of the spec's version.

    Args:
        told: under `spec: 2`, the best trial's answers out of fold, calibrated as the bundle is.
    """
    spec: ModelSpec = snapshot.spec
    if told is None:
        return lambda promotion: _decide_first(
            artifacts, snapshot, best, bundle, promotion, seed=seed, mapper=mapper
        )

    def decide_now(promotion: Promotion) -> Decision:
        contender = Contender(
            best.configuration,
            told,
            bundle.told,
            len(trials),
            promotion.rejected,
            bundle.manifest.cut,
        )
        champion = promotion.champion
        case = case_of(
            snapshot,
            contender,
            mark(artifacts.champion(champion)) if champion else None,
            _readable(artifacts, promotion.earlier_champions),
            seed=seed,
            mapper=mapper,
        )
        return decide_second(case, spec.gate)

    return decide_now


def _decide_first(
    artifacts: Artifacts,
    snapshot: Snapshot,
    best: Trial,
    bundle: Bundle,
    promotion: Promotion,
    *,
    seed: int,
    mapper: Mapper,
) -> Decision:
    champion = None
    if promotion.champion:
        champion = evaluate_champion(
            artifacts.champion(promotion.champion),
            best.configuration,
            bundle.told,
            snapshot,
            seed=seed,
            mapper=mapper,
        )
    crossed = best.scores.estimates["balanced_accuracy"].mean
    challenger = Challenger(bundle.class_evaluation, crossed)
    return decide(challenger, champion, snapshot.spec.gate)


def _readable(
    artifacts: Artifacts, versions: Sequence[RegisteredVersion]
) -> Iterator[ChampionBundle]:
    """Reads the bundles of earlier champions; those that are gone are left out."""
    for found in versions:
        try:
            yield artifacts.champion(found)
        except Refused as error:
            _log.warning(
                "earlier champion left out", version=found.version.number, reason=str(error)
            )
