"""The part of a sweep's report that is of values: residuals and metrics of the best trial."""

import csv
from pathlib import Path

import numpy as np
from matplotlib.figure import Figure

from rookery_core.contract import contract_of
from rookery_core.spec.model_spec import ModelSpec
from rookery_trainer.model.evaluation import ValueEvaluation
from rookery_trainer.model.value_scores import AnyScores

RESIDUALS, METRICS = "residuals.png", "metrics.csv"
SHOWN = 20_000
"""Rows that are drawn at most; of more, every so manieth in the order of the answers."""


def write_value_report(
    folder: Path, spec: ModelSpec, scores: AnyScores, evaluation: ValueEvaluation
) -> None:
    """Writes the residuals of the hold-out, and a CSV row for each metric, to `folder`."""
    draw_residuals(spec, evaluation).savefig(folder / RESIDUALS, dpi=120)
    write_metrics(folder / METRICS, scores, evaluation)


def write_metrics(path: Path, scores: AnyScores, evaluation: ValueEvaluation) -> None:
    """Writes a CSV row for each metric: on the hold-out, and mean and deviation over the folds."""
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["metric", "holdout", "cv", "cv_std"])
        for name, figure in evaluation.score.figures.items():
            folds = scores.estimates[name]
            shown = [f"{each:.6g}" for each in (figure, folds.mean, folds.deviation)]
            writer.writerow([name, *shown])


def draw_residuals(spec: ModelSpec, evaluation: ValueEvaluation) -> Figure:
    """Draws what the answers miss of the truth, over the answers."""
    unit = contract_of(spec).unit
    of_unit = f" ({unit})" if unit else ""
    order = np.argsort(evaluation.told, kind="stable")
    order = order[:: -(-len(order) // SHOWN)]
    told, truth = evaluation.told[order], evaluation.truth[order]
    figure = Figure(figsize=(6.4, 4.0), layout="constrained")
    axes = figure.subplots()
    axes.axhline(0.0, color="0.6", linewidth=1)
    axes.plot(told, truth - told, "o", markersize=3, alpha=0.5)
    axes.set(
        xlabel=f"answered {spec.target}{of_unit}",
        ylabel=f"true less answered{of_unit}",
        title=f"Hold-out: {evaluation.rows} rows, R2 {evaluation.score.r2:.3f}",
    )
    return figure
