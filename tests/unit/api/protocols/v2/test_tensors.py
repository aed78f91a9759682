"""Tensors: no more of a tensor is read than its shape has rows."""

import struct
from typing import Any

import numpy as np
import pytest
from tests.some import some

from rookery_api.base.datatypes import NUMBERS
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


@pytest.mark.parametrize("datatype", sorted(set(NUMBERS) - {"BOOL"}))
def test_every_type_of_numbers_is_read_exactly(datatype: str) -> None:
    dtype = NUMBERS[datatype]
    numbers = [0, 1, 100, 127] if dtype.kind == "u" else [-128, -1, 0, 127]
    sent = np.array(numbers, dtype=dtype)

    assert number_column("x", datatype, sent.tobytes(), 4).tolist() == numbers
    assert number_column("x", datatype, numbers, 4).tolist() == numbers
    assert number_column("x", datatype, [[float(each)] for each in numbers], 4).tolist() == numbers


def test_bool_is_zero_or_one() -> None:
    assert number_column("x", "BOOL", b"\0\1", 2).tolist() == [0, 1]
    assert number_column("x", "BOOL", [False, [True]], 2).tolist() == [0, 1]
    for wrong in (b"\2\1", b"\xff\0", [0, 1], [1.0, True], ["true", True], [None, True]):
        with pytest.raises(Problem):
            number_column("x", "BOOL", wrong, 2)


@pytest.mark.parametrize("datatype", [name for name in NUMBERS if "INT" in name])
def test_whole_numbers_are_exact_or_refused_by_their_value(datatype: str) -> None:
    limits = np.iinfo(NUMBERS[datatype])
    near = (0, 1, 2**24, 2**24 + 1, 2**31 - 1, 2**31, 2**53, 2**53 + 1, 2**63 - 1, 2**63, 2**64 - 1)
    candidates = {sign * each for each in near for sign in (1, -1)} | {limits.min, limits.max}

    for value in some(candidates):
        fits = limits.min <= value <= limits.max
        exact = fits and int(np.float32(value)) == value
        ways: list[Any] = [[value]]
        if fits:
            ways.append(np.array([value], dtype=NUMBERS[datatype]).tobytes())
        for data in some(ways):
            if exact:
                assert number_column("x", datatype, data, 1).tolist() == [value]
            else:
                with pytest.raises(Problem, match="holds a"):
                    number_column("x", datatype, data, 1)


@pytest.mark.parametrize("value", [1.5, -0.1, 1e300, 10**400, True, "1", None, [[1]], []])
def test_what_is_no_whole_number_is_refused_as_one(value: Any) -> None:
    for datatype in ("INT8", "INT64", "UINT64"):
        with pytest.raises(Problem):
            number_column("x", datatype, [value], 1)


@pytest.mark.parametrize("datatype", ["BF16", "int64", "INT128", "FP8", "BYTES", "", None, 1, []])
def test_other_types_are_no_numbers(datatype: object) -> None:
    with pytest.raises(Problem, match="datatype of numbers"):
        number_column("x", datatype, [1], 1)


def test_half_precision_ends_where_it_ends() -> None:
    assert number_column("x", "FP16", [65504], 1).tolist() == [65504]
    with pytest.raises(Problem, match="FP16 has not"):
        number_column("x", "FP16", [65505], 1)
