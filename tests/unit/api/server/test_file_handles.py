"""As many connections as the process can have file handles for."""

import subprocess
import sys

import pytest

PROGRAM = """
import resource, sys
from rookery_api.server.file_handles import connections_with_handles
soft, hard, wanted = map(int, sys.argv[1:])
resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
print(connections_with_handles(wanted), resource.getrlimit(resource.RLIMIT_NOFILE)[0])
"""


@pytest.mark.parametrize(
    ("soft", "hard", "wanted", "expected"),
    [
        (1000, 1000, 100, (100, 1000)),
        (200, 1000, 500, (500, 660)),
        (200, 600, 4000, (440, 600)),
        (100, 100, 4000, (1, 100)),
    ],
    ids=["enough", "soft limit raised", "as far as allowed", "hardly any"],
)
def test_connections_keep_within_the_file_handles(
    soft: int, hard: int, wanted: int, expected: tuple[int, int]
) -> None:
    limits = map(str, (soft, hard, wanted))

    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, *limits], capture_output=True, text=True, check=True
    )

    assert tuple(map(int, done.stdout.split())) == expected
