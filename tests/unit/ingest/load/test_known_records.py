"""Records that an earlier batch holds are found once each, and runs of them say where."""

from collections import Counter

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from tests.some import some

from rookery_ingest.load.known_records import NONE, KnownRecords, hashes_of
from rookery_ingest.load.raw_difference import runs

TEXTS = st.lists(st.sampled_from("abcdefg"), min_size=1, max_size=30)


@given(TEXTS, st.lists(TEXTS, min_size=1, max_size=4))
def test_each_record_is_found_once(before: list[str], chunks: list[list[str]]) -> None:
    known = KnownRecords(hashes_of(before))

    places = np.concatenate([known.find(hashes_of(chunk)) for chunk in chunks]).tolist()

    texts = [text for chunk in chunks for text in chunk]
    found = [at for at in places if at != NONE]
    assert len(set(found)) == len(found)
    known_texts = [text for at, text in zip(places, texts, strict=True) if at != NONE]
    assert [before[at] for at in found] == known_texts
    new = [text for at, text in zip(places, texts, strict=True) if at == NONE]
    assert Counter(new) == Counter(texts) - Counter(before)
    assert Counter(before[at] for at in known.left) == Counter(before) - Counter(texts)


def test_equal_records_are_found_in_their_order() -> None:
    known = KnownRecords(hashes_of(["a", "b", "a", "a"]))

    places = [known.find(hashes_of([text])).tolist() for text in ("a", "a", "b", "a", "a")]

    assert places == [[0], [2], [1], [3], [NONE]]


def test_hashes_that_agree_by_their_first_half_are_not_one() -> None:
    hashes = np.frombuffer(b"12345678aaaaaaaa" + b"12345678bbbbbbbb", "V16")

    found = KnownRecords(hashes[:1]).find(hashes[1:])

    assert found.tolist() == [NONE]


def test_nothing_is_known_of_an_empty_batch() -> None:
    assert KnownRecords(hashes_of([])).find(hashes_of(["a"])).tolist() == [NONE]


@given(st.lists(st.tuples(st.booleans(), st.integers(1, 3)), min_size=1, max_size=30))
def test_runs_hold_every_line_and_no_other(steps: list[tuple[bool, int]]) -> None:
    lines = np.cumsum([step for _, step in steps]).astype(np.int64)
    batches = np.cumsum([jump for jump, _ in steps]).astype(np.int64)
    there = np.cumsum([1 + jump for jump, _ in steps]).astype(np.int64)

    found = runs(lines, batches, there).tolist()

    expanded = [
        (line, batch, line + shift)
        for first, last, batch, shift in some(found)
        for line in range(first, last + 1)
    ]
    assert expanded == list(zip(lines.tolist(), batches.tolist(), there.tolist(), strict=True))
