"""How much memory an ingest takes."""

import os

from tests.integration.ingest.support.ingested_model import IngestedModel


def peak_kb(model: IngestedModel) -> int:
    """Runs the real program, which ends well; returns its largest resident set."""
    process = model.start()
    assert process.stderr is not None
    process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    process.stderr.close()
    assert process.returncode == 0
    return usage.ru_maxrss
