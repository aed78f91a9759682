"""A filter that misses no repeat."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from tests.some import some

from rookery_ingest.rows.duplicate_filter import DuplicateFilter

CHUNK = st.lists(st.integers(0, 2**64 - 1) | st.integers(0, 9), min_size=1, max_size=9)
CHUNKS = st.lists(CHUNK, min_size=1)


@given(CHUNKS)
def test_every_repeat_is_found(chunks: list[list[int]]) -> None:
    rows = DuplicateFilter()
    seen: set[int] = set()

    for chunk in some(chunks):
        found = rows.may_repeat(np.array(chunk, np.uint64)).tolist()

        for value, is_repeat in zip(some(chunk), found, strict=True):
            assert is_repeat or value not in seen
            seen.add(value)


def test_of_a_million_rows_few_are_taken_for_repeats() -> None:
    seen = DuplicateFilter()
    draw = np.random.default_rng(1)

    taken = sum(
        int(seen.may_repeat(draw.integers(0, 2**64, 10_000, np.uint64)).sum()) for _ in range(100)
    )

    assert taken < 10_000
