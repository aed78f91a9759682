"""What messages show of an address."""

import pytest

from rookery_ingest.source.redaction import redacted


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("https://files.example.org/a.csv", "https://files.example.org/a.csv"),
        (
            "https://user:secret@files.example.org:8443/a.csv",
            "https://files.example.org:8443/a.csv",
        ),
        ("https://user:s@cret@files.example.org/a.csv", "https://files.example.org/a.csv"),
        ("https://files.example.org/a.csv?token=secret#x", "https://files.example.org/a.csv"),
        ("https://files.example.org?token=secret", "https://files.example.org"),
        ("http://[::1]:80/a", "http://[::1]:80/a"),
        ("http://[::1/a", "http://[::1/a"),
        ("http://files:99999/a", "http://files:99999/a"),
        ("http://files:port/a", "http://files:port/a"),
        ("s3://key:secret@bucket/a?b#c", "s3://bucket/a?b#c"),
        ("s3://bucket/a@b", "s3://bucket/a@b"),
        ("file:/data/a?b.csv", "file:/data/a?b.csv"),
        ("package:penguins_size.csv", "package:penguins_size.csv"),
    ],
)
def test_what_may_be_secret_is_not_shown(url: str, name: str) -> None:
    assert redacted(url) == name
