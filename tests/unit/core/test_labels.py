"""The label of a row of probabilities."""

import numpy as np

from rookery_core.labels import predicted_classes


def test_the_largest_probability_names_the_class() -> None:
    probabilities = np.array([[0.1, 0.7, 0.2], [0.5, 0.2, 0.3]])

    assert predicted_classes(probabilities).tolist() == [1, 0]


def test_a_tie_within_the_tolerance_falls_to_the_first_class() -> None:
    probabilities = np.array([[0.5 - 4e-6, 0.5 + 4e-6], [0.5 - 6e-6, 0.5 + 6e-6]])

    assert predicted_classes(probabilities).tolist() == [0, 1]
