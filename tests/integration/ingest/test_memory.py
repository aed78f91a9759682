"""Memory does not grow with the source."""

import os

from tests.integration.ingest.workbench import Make, Workbench, table

MARGIN_KB = 8 * 1024


def _peak_kb(bench: Workbench) -> int:
    """The largest resident set of an ingest by the real program."""
    process = bench.start()
    assert process.stderr is not None
    process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    process.stderr.close()
    assert process.returncode == 0
    return usage.ru_maxrss


def test_five_times_the_rows_take_no_more_memory(make_bench: Make) -> None:
    small, large = make_bench(), make_bench()
    small.write(table(good=25_000))
    large.write(table(*["Gentoo,Biscoe,45.1,14.5,215,5000,NA"] * 100_000, good=25_000))

    assert _peak_kb(large) < _peak_kb(small) + MARGIN_KB
    large.assert_accounted()
