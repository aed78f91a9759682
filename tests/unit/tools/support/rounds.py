"""Rounds as they may have been played."""

from tools.league.results import Library, Round


def played(fold: int, score: float | None, xgboost: float, lightgbm: float = 0.7) -> Round:
    """A round in which two libraries scored so."""
    return Round(
        fold=fold,
        rows=691,
        asked=77,
        score=score,
        rejection="" if score else "rejected",
        estimator="random_forest" if score else "",
        seconds=20,
        processor_seconds=12,
        rows_per_second=5000,
        latency=1.5,
        refused=0,
        labels_that_differ=0,
        largest_difference=1e-7,
        libraries={
            "xgboost": Library(xgboost, 3, 5, 0.012),
            "lightgbm": Library(lightgbm, 3, 5, 0.001),
        },
        day="2026-11-30",
    )
