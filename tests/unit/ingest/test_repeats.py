"""A filter that misses no repeat."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from rookery_ingest.repeats import Repeats

CHUNKS = st.lists(st.lists(st.integers(0, 2**64 - 1) | st.integers(0, 9), min_size=1, max_size=9))


@given(CHUNKS)
def test_every_repeat_is_found(
    chunks: list[list[int]],
) -> None:
    repeats = Repeats()
    seen: set[int] = set()

    for chunk in chunks:
        found = repeats.among(np.array(chunk, np.uint64)).tolist()

        for value, is_repeat in zip(chunk, found, strict=True):
            assert is_repeat or value not in seen
            seen.add(value)


def test_of_a_million_rows_few_are_taken_for_repeats() -> None:
    repeats = Repeats()
    draw = np.random.default_rng(1)

    taken = sum(
        int(repeats.among(draw.integers(0, 2**64, 10_000, np.uint64)).sum()) for _ in range(100)
    )

    assert taken < 10_000
