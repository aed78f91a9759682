"""Search rows: the training rows that a sweep's trials are compared on, where there is very much.

The winner is fitted to all training rows.
"""

import numpy as np
import structlog
from numpy.typing import NDArray

from rookery_core.spec.model_spec import ModelSpec
from rookery_trainer.data.folds import least_class_rows, strata
from rookery_trainer.data.rows import Rows

BROAD = 100
"""Cells of a row up to which only rows are counted: broader tables are compared on fewer rows, so
that there is no more to read."""
LEAST_ROWS = 5_000
"""Rows on which trials are compared however broad the table is."""
_STREAM = 1
"""Of the spec's seed, the part that nothing else draws from."""
_log = structlog.get_logger()


def most_search_rows(spec: ModelSpec, breadth: int) -> int:
    """Says on how many rows trials are compared at most.

    Args:
        breadth: the cells that a fit reads of each row.
    """
    most = spec.max_search_rows
    return min(most, max(LEAST_ROWS, most * BROAD // breadth))


def search_rows(spec: ModelSpec, training: Rows, breadth: int) -> Rows:
    """Samples the rows, in their order, where trials would read too much; else returns all.

    Each class, or quantile of a number, keeps its share, and no class fewer rows than a sweep
    needs; groups are taken whole. The sample depends on the spec and the rows alone.
    """
    most = most_search_rows(spec, breadth)
    if spec.spec == 1 or len(training) <= most:
        return training
    generator = np.random.default_rng([spec.seed, _STREAM])
    if training.groups is None:
        chosen = _of_each(strata(training, spec.folds), most, least_class_rows(spec), generator)
    else:
        chosen = _of_groups(training.groups, most, generator)
    _log.info("trials are compared on a sample", rows=len(chosen), of=len(training))
    return training.take(chosen)


def _of_each(
    strata_of: NDArray[np.intp], most: int, least: int, generator: np.random.Generator
) -> NDArray[np.intp]:
    """Chooses from each stratum its share of `most`, but at least `least`; ascending positions."""
    counts = np.bincount(strata_of)
    shares = np.minimum(counts, np.maximum(least, counts * most // len(strata_of)))
    # What the smallest have more than their share, the largest has less.
    shares[np.argmax(shares)] -= max(0, int(shares.sum()) - most)
    order = generator.permutation(len(strata_of))
    order = order[np.argsort(strata_of[order], kind="stable")]
    starts = np.cumsum(counts) - counts
    places = [order[start : start + share] for start, share in zip(starts, shares, strict=True)]
    return np.sort(np.concatenate(places))


def _of_groups(
    groups: NDArray[np.intp], most: int, generator: np.random.Generator
) -> NDArray[np.intp]:
    """Chooses whole groups, in a drawn order, as long as they fit."""
    _, numbers = np.unique(groups, return_inverse=True)
    sizes = np.bincount(numbers)
    order = generator.permutation(len(sizes))
    is_chosen = np.zeros(len(sizes), dtype=np.bool_)
    is_chosen[order[np.cumsum(sizes[order]) <= most]] = True
    return np.flatnonzero(is_chosen[numbers])
