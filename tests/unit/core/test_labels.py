"""The label of a row of probabilities."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from tests.some import some

from rookery_core.labels import TIE, Cut, predicted_class, predicted_classes


def test_the_largest_probability_names_the_class() -> None:
    probabilities = np.array([[0.1, 0.7, 0.2], [0.5, 0.2, 0.3]])

    assert predicted_classes(probabilities).tolist() == [1, 0]


def test_a_tie_within_the_tolerance_falls_to_the_first_class() -> None:
    probabilities = np.array([[0.5 - 4e-6, 0.5 + 4e-6], [0.5 - 6e-6, 0.5 + 6e-6]])

    assert predicted_classes(probabilities).tolist() == [0, 1]


@given(
    st.lists(st.floats(0, 1, width=32), min_size=2, max_size=5),
    st.sampled_from([0.0, TIE / 2, TIE, 2 * TIE]),
)
def test_one_row_gets_the_label_it_has_in_an_array(row: list[float], below: float) -> None:
    near = np.array([[*row, max(row) - below]], dtype=np.float32)

    assert predicted_class(near[0].tolist()) == predicted_classes(near)[0]


def test_from_a_threshold_on_the_positive_class_is_answered() -> None:
    probabilities = np.array([[0.9, 0.1], [0.75, 0.25], [0.1, 0.9]])

    assert predicted_classes(probabilities, Cut(1, 0.2)).tolist() == [0, 1, 1]
    assert predicted_classes(probabilities, Cut(0, 0.2)).tolist() == [0, 0, 1]
    assert predicted_classes(probabilities, Cut(1, 0.95)).tolist() == [0, 0, 0]
    assert predicted_classes(probabilities, Cut(1, 0.0)).tolist() == [1, 1, 1]


def test_a_probability_that_is_the_threshold_is_positive_however_it_was_rounded() -> None:
    exact = np.array([[1 - 1 / 3, 1 / 3]])

    for told in some([exact, exact.astype(np.float32), exact - 4e-6, exact + 4e-6]):
        assert predicted_classes(told, Cut(1, 1 / 3)).tolist() == [1]
    assert predicted_classes(exact - 2 * TIE, Cut(1, 1 / 3)).tolist() == [0]


@given(st.floats(0, 1, width=32), st.floats(0, 1.00004), st.sampled_from([0, 1]))
def test_one_row_gets_the_label_by_a_threshold_that_it_has_in_an_array(
    probable: float, threshold: float, positive: int
) -> None:
    cut, row = Cut(positive, threshold), np.array([[1 - probable, probable]], dtype=np.float32)

    assert predicted_class(row[0].tolist(), cut) == predicted_classes(row, cut)[0]
