"""Where a file goes in the object store."""

import pytest

from rookery_core.errors import Refused
from rookery_local.cluster.upload import place


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        ("s3://data/wine.csv", ("data", "wine.csv")),
        ("s3://data/2026/wine.csv", ("data", "2026/wine.csv")),
        ("s3://data/2026/", ("data", "2026/local.csv")),
        ("s3://data", ("data", "local.csv")),
        ("s3://data/", ("data", "local.csv")),
    ],
)
def test_a_target_is_a_place_or_a_folder(target: str, expected: tuple[str, str]) -> None:
    assert place(target, "local.csv") == expected


@pytest.mark.parametrize("target", ["data/wine.csv", "https://data/wine.csv", "s3:///wine.csv"])
def test_what_names_no_bucket_is_refused_with_an_example(target: str) -> None:
    with pytest.raises(Refused, match=r"s3://data/wine\.csv"):
        place(target, "wine.csv")
