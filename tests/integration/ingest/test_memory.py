"""Memory does not grow with the source."""

from tests.integration.ingest.support.ingested_model import MakeModel, table
from tests.integration.ingest.support.memory import peak_kb

MARGIN_KB = 8 * 1024


def test_five_times_the_rows_take_no_more_memory(make_model: MakeModel) -> None:
    small, large = make_model(), make_model()
    small.write(table(good=25_000))
    large.write(table(*["Gentoo,Biscoe,45.1,14.5,215,5000,NA"] * 100_000, good=25_000))

    assert peak_kb(large) < peak_kb(small) + MARGIN_KB
    large.assert_accounted()
