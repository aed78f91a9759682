"""Ten million rows, within the memory that the chart gives to the Job."""

from collections.abc import Iterator

import pytest
import yaml
from tests.chart.quantities import quantity
from tests.integration.ingest.support.ingested_model import HEADER, IngestedModel
from tests.integration.ingest.support.memory import peak_kb
from tools.checkout import ROOT

VALUES = ROOT / "charts/rookery/values.yaml"
ROWS = 10_000_000
BAD_EVERY = 1000
TWICE_EVERY = 100


def lines(rows: int) -> Iterator[str]:
    """A header and so many rows: one in a hundred like the one before, one in a thousand bad."""
    yield f"{HEADER}\n"
    for number in range(rows):
        mass = 0 if number % BAD_EVERY == 0 else 3750
        shown = number - 1 if number % TWICE_EVERY == TWICE_EVERY - 1 else number
        yield f"Adelie,Dream,{20 + shown * 5e-6:.6f},18.7,181,{mass},MALE\n"


@pytest.mark.timeout(3600)
def test_ten_million_rows_stay_within_the_memory_limit(model: IngestedModel) -> None:
    values = yaml.safe_load(VALUES.read_text())
    limit = quantity(values["pipeline"]["resources"]["ingest"]["limits"]["memory"])
    with model.file.open("w") as file:
        file.writelines(lines(ROWS))

    peak = peak_kb(model) * 1024

    assert peak < limit
    [batch] = model.batches()
    assert batch.rows_in == ROWS
    assert batch.quarantined == ROWS // BAD_EVERY
    assert batch.loaded == batch.total_rows == ROWS - ROWS // BAD_EVERY
