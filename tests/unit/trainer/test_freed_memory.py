"""Memory that was freed is the system's again."""

import subprocess
import sys

PROGRAM = """
import sys
from pathlib import Path
import numpy as np
import pandas  # which Arrow would import in between
import pyarrow as pa
from rookery_trainer.freed_memory import return_freed_memory

def mib():
    line = next(l for l in Path("/proc/self/status").read_text().splitlines() if "VmRSS" in l)
    return int(line.split()[1]) / 1024

if sys.argv[1] == "returned":
    return_freed_memory()
before = mib()
# As a table's columns come and go, while something small that was made later stays.
np.ones(20 << 17)
columns = [np.ones(12 << 17) for _ in range(6)]
kept = bytes(100_000)
del columns
texts = pa.array([f"text {place}" for place in range(40_000)], pa.string())
del texts
print(mib() - before)
"""

PIECES = """
import sys
from pathlib import Path
import numpy as np
from rookery_trainer.freed_memory import return_freed_memory, return_scattered_memory

def mib():
    line = next(l for l in Path("/proc/self/status").read_text().splitlines() if "VmRSS" in l)
    return int(line.split()[1]) / 1024

return_freed_memory()
before = mib()
pieces = [np.ones(60_000) for _ in range(200)]
kept = pieces[::20] + pieces[-1:]
del pieces
if sys.argv[1] == "returned":
    return_scattered_memory()
print(mib() - before)
"""


def grown(argument: str, program: str = PROGRAM) -> float:
    """Runs the program; returns by how many MiB it is larger at its end."""
    done = subprocess.run(
        [sys.executable, "-c", program, argument], capture_output=True, text=True, check=True
    )
    return float(done.stdout)


def test_large_arrays_leave_nothing_behind() -> None:
    kept, returned = grown("kept"), grown("returned")

    assert kept > 25
    assert returned < 15


def test_pieces_that_are_too_small_to_be_mapped_leave_nothing_behind() -> None:
    kept, returned = grown("kept", PIECES), grown("returned", PIECES)

    assert kept > 60
    assert returned < 15
