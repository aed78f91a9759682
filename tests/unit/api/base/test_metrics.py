"""The series of one process."""

import re
from pathlib import Path

import pytest
from prometheus_client import Metric
from prometheus_client.openmetrics.parser import text_string_to_metric_families as read_openmetrics
from prometheus_client.parser import text_string_to_metric_families as read_text
from tests.some import some

from rookery_api.base.exposition_format import OPENMETRICS, TEXT, ExpositionFormat
from rookery_api.base.metrics import Metrics


def used() -> Metrics:
    """Metrics in which something of each kind has been counted."""
    made = Metrics("1.2.3")
    made.observe("/predict", 200, 0.01)
    made.asked("shop", 200)
    made.predicted("sex", 'a "label"\nof two lines', 3)
    made.champion_version.labels("sex").set(4)
    return made


def families(metrics: Metrics) -> dict[str, Metric]:
    """What a reader of the text format finds."""
    found = read_text(metrics.exposition(TEXT).decode())
    return {family.name: family for family in found}


def test_memory_file_handles_and_processor_time_of_the_process_are_shown() -> None:
    found = families(used())

    for name in ("cpu_seconds", "resident_memory_bytes", "open_fds", "start_time_seconds"):
        assert found[f"process_{name}"].samples[0].value > 0, name
    (limit,) = found["process_max_fds"].samples
    assert limit.value >= found["process_open_fds"].samples[0].value


def test_the_build_is_shown() -> None:
    (build,) = families(used())["rookery_api_build_info"].samples

    assert build.value == 1
    assert build.labels["version"] == "1.2.3"
    assert build.labels["python_version"].startswith("3.")


@pytest.mark.parametrize("chosen", [TEXT, OPENMETRICS])
def test_no_series_tells_when_another_was_created(chosen: ExpositionFormat) -> None:
    written = used().exposition(chosen).decode()

    assert not any("_created" in line for line in some(written.splitlines()))


def test_both_formats_have_the_same_series() -> None:
    metrics = used()
    text = read_text(metrics.exposition(TEXT).decode())
    opened = list(read_openmetrics(metrics.exposition(OPENMETRICS).decode()))

    names = {sample.name for family in text for sample in family.samples}

    assert names == {sample.name for family in opened for sample in family.samples}
    assert "rookery_api_requests_total" in names


def test_the_documentation_lists_exactly_the_metrics_there_are() -> None:
    table = (Path(__file__).parents[4] / "docs" / "observability.md").read_text()
    documented = set(re.findall(r"`((?:rookery_api|process)_\w+)`", table))
    written = used().exposition(TEXT).decode()

    described = set(re.findall(r"^# HELP (\w+)", written, re.MULTILINE))

    assert documented == described
