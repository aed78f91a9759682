"""The report of a sweep: pictures and tables for a person, in its parent run."""

import csv
import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray
from sklearn.metrics import ConfusionMatrixDisplay, precision_recall_fscore_support

from rookery_core.spec.distributions import Choice, LogUniform
from rookery_core.spec.model_spec import ModelSpec
from rookery_trainer.model.evaluation import AnyEvaluation, HoldoutEvaluation
from rookery_trainer.model.scores import Estimate, Scores
from rookery_trainer.model.trial import Trial, best_trial
from rookery_trainer.tracking.value_report import write_value_report

CONFUSION, CLASSES, SEARCH, SPEC = "confusion.png", "classes.csv", "search.png", "spec.json"


def write_report(
    folder: Path,
    spec: ModelSpec,
    trials: Sequence[Trial],
    best: Trial,
    evaluation: AnyEvaluation,
) -> None:
    """Writes to `folder` how `best` does, the search, and the spec.

    That is its confusion matrix and classes, or of values its residuals and metrics.
    """
    scores = best.scores
    if isinstance(evaluation, HoldoutEvaluation):
        assert isinstance(scores, Scores)
        draw_confusion(spec.classes, evaluation.confusion).savefig(folder / CONFUSION, dpi=120)
        write_classes(folder / CLASSES, spec.classes, scores.recalls, evaluation.confusion)
    else:
        write_value_report(folder, spec, scores, evaluation)
    draw_search(spec, trials).savefig(folder / SEARCH, dpi=120)
    write_spec(folder / SPEC, spec)


def write_spec(path: Path, spec: ModelSpec) -> None:
    """Writes the spec as the sweep had it."""
    path.write_text(json.dumps(spec.model_dump(mode="json"), indent=2) + "\n")


def write_classes(
    path: Path,
    classes: Sequence[str],
    cross_validated: Sequence[Estimate],
    confusion: NDArray[np.int64],
) -> None:
    """Writes a CSV row per class: hold-out precision, recall and F1, recall over the folds.

    `cross_validated` are those recalls, in the order of the classes.
    A figure is empty where there is nothing to divide by.
    """
    true, predicted = np.indices(confusion.shape).reshape(2, -1)
    figures = precision_recall_fscore_support(
        true, predicted, sample_weight=confusion.ravel(), zero_division=np.nan
    )
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(
            ["class", "rows", "precision", "recall", "f1", "cv_recall", "cv_recall_std"]
        )
        for label, *held_out, rows, folds in zip(classes, *figures, cross_validated, strict=True):
            shown = ["" if np.isnan(figure) else f"{figure:.4f}" for figure in held_out]
            writer.writerow(
                [label, int(rows), *shown, f"{folds.mean:.4f}", f"{folds.deviation:.4f}"]
            )


def draw_confusion(classes: Sequence[str], confusion: NDArray[np.int64]) -> Figure:
    """Draws the counts [true class, predicted class]."""
    figure = Figure(
        figsize=(2 + 0.9 * len(classes), 1.6 + 0.8 * len(classes)), layout="constrained"
    )
    axes = figure.subplots()
    ConfusionMatrixDisplay(confusion, display_labels=classes).plot(
        ax=axes, cmap="Blues", colorbar=False, values_format="d", xticks_rotation=30
    )
    axes.set(xlabel="predicted", ylabel="true", title="Hold-out")
    return figure


def draw_search(spec: ModelSpec, trials: Sequence[Trial]) -> Figure:
    """Draws every trial's mean of the metric that selects over each parameter that varied.

    Where several estimators were tried, over these. The best trial is marked.
    """
    if not spec.search_space:
        return _draw_estimators(spec, trials)
    names = [name for name in sorted(spec.search_space) if len(_values(trials, name)) > 1]
    names = names or sorted(spec.search_space)
    figure = Figure(figsize=(3.2 * len(names) + 0.8, 3.4), layout="constrained")
    row = figure.subplots(1, len(names), sharey=True, squeeze=False)[0]
    for axes, name in zip(row, names, strict=True):
        _draw_parameter(axes, spec, name, trials)
    row[0].set_ylabel(f"{spec.select_by.replace('_', ' ')}, mean of the folds")
    figure.suptitle(f"{spec.title or spec.name}: {len(trials)} trials")
    return figure


def _draw_estimators(spec: ModelSpec, trials: Sequence[Trial]) -> Figure:
    names = sorted({trial.configuration.estimator for trial in trials})
    figure = Figure(figsize=(1.2 * len(names) + 2.4, 4.2), layout="constrained")
    axes = figure.subplots()
    where = [float(names.index(trial.configuration.estimator)) for trial in trials]
    _draw_trials(axes, spec, where, trials)
    axes.set_xticks(range(len(names)), names, rotation=30, ha="right")
    axes.margins(x=0.1)
    axes.set_ylabel(f"{spec.select_by.replace('_', ' ')}, mean of the folds")
    figure.suptitle(f"{spec.title or spec.name}: {len(trials)} trials")
    return figure


def _draw_parameter(axes: Axes, spec: ModelSpec, name: str, trials: Sequence[Trial]) -> None:
    distribution = spec.search_space[name]
    where: list[float]
    if isinstance(distribution, Choice):
        labels = [str(value) for value in distribution.values]
        where = [labels.index(str(trial.configuration.parameters[name])) for trial in trials]
        axes.set_xticks(range(len(labels)), labels)
        axes.margins(x=0.3)
    else:
        where = [float(trial.configuration.parameters[name] or 0) for trial in trials]
        if isinstance(distribution, LogUniform):
            axes.set_xscale("log")
    _draw_trials(axes, spec, where, trials)
    axes.set_xlabel(name)


def _draw_trials(
    axes: Axes, spec: ModelSpec, where: Sequence[float], trials: Sequence[Trial]
) -> None:
    """Draws each trial's mean and deviation at its place, the best one marked."""
    estimates = [trial.scores.estimates[spec.select_by] for trial in trials]
    means = [estimate.mean for estimate in estimates]
    spread = [estimate.deviation for estimate in estimates]
    axes.errorbar(where, means, yerr=spread, fmt="o", color="0.6", ecolor="0.85", zorder=1)
    best = trials.index(best_trial(trials, spec.select_by))
    axes.plot(where[best], means[best], "o", color="tab:orange", zorder=2, label="best")


def _values(trials: Sequence[Trial], name: str) -> set[str]:
    return {str(trial.configuration.parameters[name]) for trial in trials}
