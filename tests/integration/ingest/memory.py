"""How much memory an ingest takes."""

import os

from tests.integration.ingest.workbench import Workbench


def peak_kb(bench: Workbench) -> int:
    """The largest resident set of an ingest by the real program, which ends well."""
    process = bench.start()
    assert process.stderr is not None
    process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    process.stderr.close()
    assert process.returncode == 0
    return usage.ru_maxrss
