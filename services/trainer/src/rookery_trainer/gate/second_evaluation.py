"""Evaluates challenger and champions on today's rows, for the gate's second version."""

import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
import structlog
from numpy.typing import NDArray

from rookery_core.contract import contract_of
from rookery_core.labels import Cut
from rookery_core.manifest import Manifest
from rookery_core.spec.model_spec import ModelSpec
from rookery_trainer.bundle.champion_bundle import ChampionBundle
from rookery_trainer.bundle.served import ServedModel
from rookery_trainer.data.holdout import LEAST_HELD_OUT
from rookery_trainer.data.snapshot import Snapshot
from rookery_trainer.gate.champion_evaluation import comparable, features_of, unseen_rows
from rookery_trainer.gate.holdout_test import MANY, paired_test
from rookery_trainer.gate.judged_rows import JudgedRows, of_one_fit, truth_of
from rookery_trainer.gate.performance import Learned, Pair, learned, performance_of
from rookery_trainer.gate.resampled_t_test import Comparison, compare
from rookery_trainer.gate.second_gate import Case, Opposition
from rookery_trainer.gate.skill import measure_for
from rookery_trainer.model.label_worth import aim_for
from rookery_trainer.model.mapper import Mapper
from rookery_trainer.model.out_of_fold import OutOfFold
from rookery_trainer.model.trial import Configuration

_log = structlog.get_logger()


@dataclass(frozen=True)
class Contender:
    """The best trial of a sweep, as the gate's second version looks at it."""

    configuration: Configuration
    out_of_fold: OutOfFold
    """Its answers to the rows on which trials are compared."""
    told: NDArray[np.float64]
    """Its answers on the hold-out, as they would be served."""
    trials: int
    """From so many it was chosen."""
    rejected: int
    """So many earlier sweeps were rejected as first champions."""
    cut: Cut | None = None
    """By which it answers labels."""


def case_of(
    snapshot: Snapshot,
    contender: Contender,
    champion: ChampionBundle | None,
    earlier: Iterable[ChampionBundle],
    *,
    seed: int,
    mapper: Mapper,
) -> Case:
    """Finds out what the gate decides on.

    Args:
        earlier: champions before the present one; read only where the data are others.
        seed: the sweep's seed, with which both configurations are fitted in a comparison.
        mapper: `map`, or that of a pool of processes.
    """
    today = _Today(snapshot, contender)
    return Case(
        learned=today.learned(),
        constant_loss=today.constant_loss,
        champion=today.opposition(champion, earlier, seed, mapper) if champion else None,
        aim=aim_for(snapshot.spec),
    )


def is_asked_otherwise(spec: ModelSpec, champion: Manifest) -> bool:
    """Tells whether the spec asks for another decision, order of answers, or interval.

    Such a champion can't be compared by its loss alone: it may be as good, and answer otherwise.
    """
    decision = champion.threshold.decision if champion.threshold else None
    return (
        spec.decision != decision
        or dict(spec.monotone) != dict(champion.monotone)
        or spec.interval != champion.contract.interval
    )


class _Today:
    """A contender on today's rows, beside champions."""

    def __init__(self, snapshot: Snapshot, contender: Contender) -> None:
        self._snapshot = snapshot
        self._contender = contender
        self._measure = measure_for(snapshot.spec, snapshot.training)
        self._truth = truth_of(snapshot.training)
        self._constant = self._measure.constant(self._truth, snapshot.training.weights)
        holdout = snapshot.holdout
        self._held = of_one_fit(
            truth_of(holdout),
            self._measure.classes,
            holdout.groups,
            holdout.moments,
            holdout.weights,
        )

    @property
    def constant_loss(self) -> float:
        """What the constant loses on a training row."""
        losses = self._measure.constant_losses(self._truth, self._constant)
        return float(np.average(losses, weights=self._snapshot.training.weights))

    def learned(self) -> Learned:
        """Finds out what the contender has learned."""
        searched, told = self._snapshot.searched, self._contender.out_of_fold
        rows = JudgedRows(
            truth_of(searched),
            self._measure.classes,
            told.fold,
            searched.groups,
            searched.moments,
            searched.weights,
        )
        return learned(
            self._measure,
            rows.take(told.tested),
            told.answers[told.tested],
            self._held,
            self._contender.told,
            trials=self._contender.trials,
            rejected=self._contender.rejected,
        )

    def opposition(
        self,
        champion: ChampionBundle,
        earlier: Iterable[ChampionBundle],
        seed: int,
        mapper: Mapper,
    ) -> Opposition:
        """Finds out how the contender does beside the champion, and beside earlier ones."""
        spec, version = self._snapshot.spec, champion.version
        if not self._comparable(champion):
            return Opposition(version)
        unseen = unseen_rows(champion, self._snapshot)
        counts = self._counts(unseen)
        if min(counts) < LEAST_HELD_OUT:
            return Opposition(version, unseen=counts)
        told = self._answers(champion)
        pair = self._pair(champion, told, unseen)
        if spec.gate.policy == "always":
            return Opposition(version, pair=pair)
        # Of the same data a better one is asked for. Where the champion must go, or answers by
        # another decision or order than the spec now asks for, one that keeps its skill has to do.
        is_other = champion.manifest.data_digest != self._snapshot.data_digest
        asked_otherwise = is_asked_otherwise(spec, champion.manifest)
        if champion.must_go or is_other or asked_otherwise:
            return Opposition(
                version,
                pair=pair,
                earlier=tuple(self._earlier_pairs(earlier)),
                asked_otherwise=asked_otherwise,
            )
        if len(self._snapshot.training) + len(self._snapshot.holdout) > MANY:
            comparison = self._compared_files(told, unseen)
        else:
            comparison = self._compared_recipes(champion, seed, mapper)
        return Opposition(version, pair=pair, comparison=comparison)

    def _comparable(self, champion: ChampionBundle) -> bool:
        contract = contract_of(self._snapshot.learned)
        return comparable(self._snapshot.spec, champion.manifest.contract, contract)

    def _counts(self, unseen: NDArray[np.bool_]) -> tuple[int, ...]:
        """Counts the rows of each class, or all where the target is a number."""
        if not self._measure.classes:
            return (int(unseen.sum()),)
        labels = self._snapshot.holdout.labels[unseen]
        return tuple(np.bincount(labels, minlength=self._measure.classes).tolist())

    def _answers(self, champion: ChampionBundle) -> NDArray[np.float64]:
        served = ServedModel.read(champion.manifest, champion.model)
        return served.answers(features_of(champion.manifest.contract, self._snapshot))

    def _pair(
        self, champion: ChampionBundle, told: NDArray[np.float64], unseen: NDArray[np.bool_]
    ) -> Pair:
        """Judges both, each with labels by its own threshold."""
        held, mine = self._held.take(unseen), self._contender
        challenger, its = (
            performance_of(
                self._measure, held.truth, answers[unseen], self._constant, held.weights, cut=cut
            )
            for answers, cut in ((mine.told, mine.cut), (told, champion.manifest.cut))
        )
        return Pair(champion.version, challenger, its)

    def _earlier_pairs(self, earlier: Iterable[ChampionBundle]) -> Iterator[Pair]:
        """Judges the contender beside earlier champions, where they can be compared."""
        for each in earlier:
            unseen = unseen_rows(each, self._snapshot)
            if not self._comparable(each) or min(self._counts(unseen)) < LEAST_HELD_OUT:
                continue
            yield self._pair(each, self._answers(each), unseen)

    def _compared_files(self, told: NDArray[np.float64], unseen: NDArray[np.bool_]) -> Comparison:
        rows = self._held.take(unseen)
        theirs, mine = (
            self._measure.losses(rows.truth, answers[unseen])
            for answers in (told, self._contender.told)
        )
        return paired_test(rows, theirs - mine)

    def _compared_recipes(self, champion: ChampionBundle, seed: int, mapper: Mapper) -> Comparison:
        started = time.monotonic()
        _log.info("comparing with the champion", version=champion.version)
        found = compare(
            self._snapshot.spec,
            self._snapshot.training,
            self._contender.configuration,
            Configuration(champion.manifest.estimator, champion.manifest.parameters),
            seed=seed,
            mapper=mapper,
        )
        _log.info("configurations compared", seconds=round(time.monotonic() - started, 2))
        return found
