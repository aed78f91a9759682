"""Values that make no sense are refused before anything is rendered, each for its own reason."""

import pytest
from tests.chart.cases import REFUSED
from tests.chart.chart import Chart, Values


@pytest.mark.parametrize(("reason", "values"), REFUSED.values(), ids=REFUSED)
def test_bad_values_are_refused_for_their_own_reason(
    chart: Chart, reason: str, values: Values
) -> None:
    assert reason in chart.refusal(values)


def test_there_are_sixty_of_them() -> None:
    assert len(REFUSED) >= 60
    assert len({reason for reason, _ in REFUSED.values()}) == len(REFUSED)
