"""The champion as an opponent: scored on today's hold-out, compared on today's training rows."""

import time

import structlog

from rookery_core.contract import CategoryFeature, Contract, contract_of
from rookery_trainer.bundle.champion_bundle import ChampionBundle
from rookery_trainer.bundle.export import Bundle
from rookery_trainer.bundle.served import ServedModel
from rookery_trainer.comparison import Configuration, Mapper, compare
from rookery_trainer.contenders import Challenger, Opponent
from rookery_trainer.data.snapshot import Snapshot
from rookery_trainer.gate import Decision, decide
from rookery_trainer.model.evaluation import evaluate_holdout
from rookery_trainer.model.trial import Trial

_log = structlog.get_logger()


def contest(
    bundle: Bundle,
    trial: Trial,
    champion: ChampionBundle | None,
    snapshot: Snapshot,
    *,
    seed: int,
    mapper: Mapper,
) -> Decision:
    """The gate's decision on the sweep's winner, all evidence gathered.

    Args:
        trial: the winner, whose pipeline is in `bundle`.
        seed: the sweep's seed, with which both configurations are fitted in the comparison.
        mapper: `map`, or that of a pool of processes: twenty calls of some seconds at most.
    """
    spec = snapshot.spec
    opponent = None
    if champion:
        winner = Configuration(spec.estimator, trial.parameters)
        opponent = face(champion, winner, snapshot, seed=seed, mapper=mapper)
    challenger = Challenger(bundle.evaluation, trial.scores.balanced_accuracy.mean)
    return decide(challenger, opponent, spec.gate)


def face(
    champion: ChampionBundle,
    winner: Configuration,
    snapshot: Snapshot,
    *,
    seed: int,
    mapper: Mapper,
) -> Opponent:
    """What can be said of the champion today.

    With another contract, nothing; with another data digest, how it does on the hold-out; with the
    same, also how its configuration compares with the winner's.
    """
    spec, manifest = snapshot.spec, champion.manifest
    if not same_contract(manifest.contract, contract_of(spec)):
        return Opponent(champion.version)
    served = ServedModel.read(manifest, champion.model)
    found = evaluate_holdout(
        snapshot.holdout.labels, served.probabilities(snapshot.holdout.features)
    )
    if manifest.data_digest != snapshot.data_digest or spec.gate.policy == "always":
        return Opponent(champion.version, found)
    started = time.monotonic()
    comparison = compare(
        spec,
        snapshot.training,
        winner,
        Configuration(manifest.estimator, manifest.parameters),
        seed=seed,
        mapper=mapper,
    )
    _log.info("configurations compared", seconds=round(time.monotonic() - started, 2))
    return Opponent(champion.version, found, comparison)


def same_contract(one: Contract, other: Contract) -> bool:
    """Whether models of both contracts answer the same question about the same rows.

    The features' kinds and categories and the classes count; ranges, units and texts do not, nor
    does the order of the features.
    """
    return one.classes == other.classes and _inputs(one) == _inputs(other)


def _inputs(contract: Contract) -> dict[str, tuple[str, frozenset[str]]]:
    return {
        feature.name: (
            feature.kind,
            frozenset(feature.values if isinstance(feature, CategoryFeature) else ()),
        )
        for feature in contract.features
    }
