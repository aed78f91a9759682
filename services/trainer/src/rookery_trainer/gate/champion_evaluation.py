"""Evaluates the champion on today's hold-out, and compares its configuration on today's rows."""

import time
from collections.abc import Container

import numpy as np
import structlog
from numpy.typing import NDArray
from pandas import DataFrame

from rookery_core.contract import CategoryFeature, Contract, contract_of
from rookery_core.database.sides import scheme
from rookery_core.spec.columns import CategoryColumn
from rookery_core.spec.model_spec import ModelSpec
from rookery_trainer.bundle.champion_bundle import ChampionBundle
from rookery_trainer.bundle.served import ServedModel
from rookery_trainer.data.holdout import LEAST_HELD_OUT
from rookery_trainer.data.learned_spec import as_in_contract
from rookery_trainer.data.model_columns import model_frame
from rookery_trainer.data.snapshot import Snapshot
from rookery_trainer.gate.contenders import Champion
from rookery_trainer.gate.resampled_t_test import compare
from rookery_trainer.model.evaluation import evaluate_holdout
from rookery_trainer.model.mapper import Mapper
from rookery_trainer.model.trial import Configuration

_log = structlog.get_logger()


def evaluate_champion(
    champion: ChampionBundle,
    challenger: Configuration,
    told: NDArray[np.float64],
    snapshot: Snapshot,
    *,
    seed: int,
    mapper: Mapper,
) -> Champion:
    """Finds out what can be said of the champion today.

    With another contract, or where it was trained on nearly all of today's hold-out: nothing. With
    another data digest: how both do on the rows of the hold-out that it was not trained on. With
    the same: also how its configuration compares with the challenger's.

    Args:
        told: the challenger's probabilities [N, classes] on the hold-out.
        seed: the sweep's seed, with which both configurations are fitted in the comparison.
        mapper: `map`, or that of a pool of processes: twenty calls of some seconds at most.
    """
    spec, manifest, holdout = snapshot.spec, champion.manifest, snapshot.holdout
    if not comparable(spec, manifest.contract, contract_of(snapshot.learned)):
        return Champion(champion.version)
    unseen = unseen_rows(champion, snapshot)
    truth = holdout.labels[unseen]
    counts = np.bincount(truth, minlength=len(spec.classes))
    if counts.min() < LEAST_HELD_OUT:
        return Champion(champion.version, unseen=tuple(counts.tolist()))
    served = ServedModel.read(manifest, champion.model)
    found = evaluate_holdout(
        truth, served.answers(features_of(manifest.contract, snapshot))[unseen], cut=manifest.cut
    )
    opposed = evaluate_holdout(truth, told[unseen])
    if manifest.data_digest != snapshot.data_digest or spec.gate.policy == "always":
        return Champion(champion.version, found, opposed=opposed)
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
    return Champion(champion.version, found, comparison, opposed=opposed)


def unseen_rows(champion: ChampionBundle, snapshot: Snapshot) -> NDArray[np.bool_]:
    """Tells which rows [N] of today's hold-out the champion was certainly not trained on.

    All, where its sides were dealt as today's: a side never changes, and a cut only moves forward.
    Else those that came after the batch as of which it was trained; none where that is not known.
    A first version deals sides by a hash of the features, of which nothing is recorded: all.
    """
    spec, holdout = snapshot.spec, snapshot.holdout
    if spec.spec == 1 or champion.scheme == scheme(spec):
        return np.ones(len(holdout), dtype=np.bool_)
    if champion.watermark is None or holdout.batches is None:
        return np.zeros(len(holdout), dtype=np.bool_)
    return holdout.batches > champion.watermark


def features_of(contract: Contract, snapshot: Snapshot) -> DataFrame:
    """Makes the model columns of the hold-out as a model of that contract sees them.

    It may count days from another origin, and subtract another offset.
    """
    if snapshot.held_values is None:
        return snapshot.holdout.features
    return model_frame(as_in_contract(snapshot.learned, contract), snapshot.held_values)


def comparable(spec: ModelSpec, one: Contract, other: Contract) -> bool:
    """Whether models of both contracts answer the same question about the same rows.

    The features' kinds and labels and the classes count; ranges, units and texts do not, nor does
    the order of the features, nor the labels of a category that is open under `spec`: those are
    learned, and a model answers the ones that it has not learned as unknown. Of a number its column
    and its unit count.
    """
    open_categories = {
        column.name
        for column in spec.feature_columns
        if isinstance(column, CategoryColumn) and column.is_open
    }
    return _answer(one) == _answer(other) and _inputs(one, open_categories) == _inputs(
        other, open_categories
    )


def _answer(contract: Contract) -> tuple[str, ...]:
    """Returns what is answered: the classes, or the number and its unit."""
    if contract.task == "regression":
        return contract.task, contract.target, contract.unit
    return contract.task, *contract.classes


def _inputs(
    contract: Contract, open_categories: Container[str]
) -> dict[str, tuple[str, frozenset[str]]]:
    return {
        feature.name: (
            feature.kind,
            frozenset(
                feature.values
                if isinstance(feature, CategoryFeature) and feature.name not in open_categories
                else ()
            ),
        )
        for feature in contract.features
    }
