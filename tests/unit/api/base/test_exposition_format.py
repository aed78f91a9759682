"""Which format `/metrics` is written in, by what the caller accepts."""

import pytest

from rookery_api.base.exposition_format import (
    OPENMETRICS,
    TEXT,
    ExpositionFormat,
    preferred_format,
)

OPEN = "application/openmetrics-text"
PROMETHEUS_2 = f"{OPEN};version=1.0.0,{OPEN};version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5"
PROMETHEUS_3 = (
    f"{OPEN};version=1.0.0;escaping=allow-utf-8;q=0.6,{OPEN};version=0.0.1;q=0.5,"
    "text/plain;version=1.0.0;escaping=allow-utf-8;q=0.4,text/plain;version=0.0.4;q=0.3,*/*;q=0.2"
)
PREFERS_TEXT = f"text/plain;version=0.0.4;q=0.6,{OPEN};version=1.0.0;q=0.5"


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        ("", TEXT),
        ("*/*", TEXT),
        ("text/html,application/xhtml+xml,*/*;q=0.8", TEXT),
        ("text/plain", TEXT),
        (f"{OPEN};version=0.0.1", TEXT),
        (f"{OPEN};version=2.0.0", TEXT),
        (f"{OPEN};version=abc", TEXT),
        (f"{OPEN};version=1.0.0;q=0", TEXT),
        (f"{OPEN};q=many", TEXT),
        (f"{OPEN};q=nan, text/plain;q=0.1", TEXT),
        (PREFERS_TEXT, TEXT),
        (";;=,,q=", TEXT),
        (OPEN, OPENMETRICS),
        (f'{OPEN.upper()}; VERSION="1.0.0"', OPENMETRICS),
        (f"{OPEN}, */*", OPENMETRICS),
        (PROMETHEUS_2, OPENMETRICS),
        (PROMETHEUS_3, OPENMETRICS),
    ],
)
def test_the_format_is_the_one_that_the_caller_prefers(
    accept: str, expected: ExpositionFormat
) -> None:
    assert preferred_format(accept) is expected
