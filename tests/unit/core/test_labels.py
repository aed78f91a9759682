"""The label of a row of probabilities."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from rookery_core.labels import TIE, predicted_class, predicted_classes


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
