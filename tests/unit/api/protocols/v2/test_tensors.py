"""Tensors: no more of a tensor is read than its shape has rows."""

import struct
from typing import Any

import pytest

from rookery_api.base.problems import Problem
from rookery_api.protocols.v2.tensors import join_texts, number_column, split_texts, text_column


def test_texts_survive_the_binary_form() -> None:
    texts = ["", "a", "\N{PENGUIN}" * 100]

    assert split_texts("x", join_texts(texts), 3) == texts
    assert text_column("x", "BYTES", join_texts(texts), 3) == texts


def test_texts_are_read_to_the_first_one_too_many() -> None:
    unreadable = struct.pack("<I", 10**9)

    assert split_texts("x", join_texts(["a"] * 4) + unreadable, 3) == ["a"] * 4
    with pytest.raises(Problem, match="one text a row"):
        text_column("x", "BYTES", join_texts(["a"] * 4) + unreadable, 3)


@pytest.mark.parametrize("size", [0, 1, 3, 100_000])
def test_data_of_another_length_than_the_rows_is_refused(size: int) -> None:
    numbers: list[Any] = [1.0] * size
    texts: list[Any] = [["a"]] * size

    with pytest.raises(Problem, match="one number a row"):
        number_column("x", "FP32", numbers, 2)
    with pytest.raises(Problem, match="one text a row"):
        text_column("x", "BYTES", texts, 2)
