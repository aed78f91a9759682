"""The report of a sweep: the figures of the classes, and the confusion matrix."""

import csv
from pathlib import Path

import numpy as np
from matplotlib.text import Text

from rookery_trainer.model.scores import Estimate
from rookery_trainer.tracking.sweep_report import draw_confusion, write_classes

CLASSES = ("Adelie", "Chinstrap", "Gentoo", "Emu")
CONFUSION = np.array([[7, 1, 0, 0], [2, 3, 0, 0], [0, 0, 5, 0], [0, 0, 0, 0]])
"""Nobody is an Emu, and nobody is taken for one."""


def cross_validated(classes: int) -> list[Estimate]:
    """Makes recalls that differ."""
    return [Estimate(0.1 * k, 0.01 * k) for k in range(classes)]


def test_the_figures_of_a_class_are_empty_where_there_is_nothing_to_divide_by(
    tmp_path: Path,
) -> None:
    path = tmp_path / "classes.csv"

    write_classes(path, CLASSES, cross_validated(4), CONFUSION)

    assert list(csv.reader(path.read_text().splitlines())) == [
        ["class", "rows", "precision", "recall", "f1", "cv_recall", "cv_recall_std"],
        ["Adelie", "8", "0.7778", "0.8750", "0.8235", "0.0000", "0.0000"],
        ["Chinstrap", "5", "0.7500", "0.6000", "0.6667", "0.1000", "0.0100"],
        ["Gentoo", "5", "1.0000", "1.0000", "1.0000", "0.2000", "0.0200"],
        ["Emu", "0", "", "", "", "0.3000", "0.0300"],
    ]


def test_a_class_that_is_never_predicted_has_no_precision_and_an_f1_of_zero(
    tmp_path: Path,
) -> None:
    path = tmp_path / "classes.csv"

    write_classes(path, CLASSES[:2], cross_validated(2), np.array([[4, 0], [3, 0]]))

    rows = list(csv.reader(path.read_text().splitlines()))
    assert [row[:5] for row in rows[1:]] == [
        ["Adelie", "4", "0.5714", "1.0000", "0.7273"],
        ["Chinstrap", "3", "", "0.0000", "0.0000"],
    ]


def test_the_matrix_is_drawn_with_its_counts_and_classes() -> None:
    (axes,) = draw_confusion(CLASSES, CONFUSION).axes

    counts = [int(text.get_text()) for text in axes.texts]
    assert counts == CONFUSION.ravel().tolist()
    ticks: list[Text] = [*axes.get_xticklabels(), *axes.get_yticklabels()]
    assert [tick.get_text() for tick in ticks] == [*CLASSES, *CLASSES]
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("predicted", "true")
