"""Evaluates the champion on today's hold-out, and compares its configuration on today's rows."""

import time

import structlog

from rookery_core.contract import CategoryFeature, Contract, contract_of
from rookery_trainer.bundle.champion_bundle import ChampionBundle
from rookery_trainer.bundle.served import ServedModel
from rookery_trainer.data.snapshot import Snapshot
from rookery_trainer.gate.contenders import Champion
from rookery_trainer.gate.resampled_t_test import Configuration, Mapper, compare
from rookery_trainer.model.evaluation import evaluate_holdout

_log = structlog.get_logger()


def evaluate_champion(
    champion: ChampionBundle,
    challenger: Configuration,
    snapshot: Snapshot,
    *,
    seed: int,
    mapper: Mapper,
) -> Champion:
    """Finds out what can be said of the champion today.

    With another contract: nothing. With another data digest: how it does on the hold-out. With the
    same: also how its configuration compares with the challenger's.

    Args:
        seed: the sweep's seed, with which both configurations are fitted in the comparison.
        mapper: `map`, or that of a pool of processes: twenty calls of some seconds at most.
    """
    spec, manifest = snapshot.spec, champion.manifest
    if not same_contract(manifest.contract, contract_of(spec)):
        return Champion(champion.version)
    served = ServedModel.read(manifest, champion.model)
    found = evaluate_holdout(
        snapshot.holdout.labels, served.probabilities(snapshot.holdout.features)
    )
    if manifest.data_digest != snapshot.data_digest or spec.gate.policy == "always":
        return Champion(champion.version, found)
    started = time.monotonic()
    comparison = compare(
        spec,
        snapshot.training,
        challenger,
        Configuration(manifest.estimator, manifest.parameters),
        seed=seed,
        mapper=mapper,
    )
    _log.info("configurations compared", seconds=round(time.monotonic() - started, 2))
    return Champion(champion.version, found, comparison)


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
