"""The fork server, started where temporary files are anywhere."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

WARM_UP = """
import tempfile
from multiprocessing import forkserver
from rookery_trainer.sweep import fork_server

fork_server.PRELOADED = "json"
fork_server.warm_up()
print(tempfile.gettempdir())
"""


@pytest.mark.parametrize("depth", [0, 1, 4])
def test_it_starts_however_deep_the_folder_for_temporary_files_is(
    tmp_path: Path, depth: int
) -> None:
    deep = tmp_path.joinpath(*["a-folder-with-a-name-of-forty-characters"] * depth)
    deep.mkdir(parents=True, exist_ok=True)

    done = subprocess.run(
        [sys.executable, "-c", WARM_UP],
        env={**os.environ, "TMPDIR": str(deep)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert (done.returncode, done.stdout.strip()) == (0, str(deep)), done.stderr
    assert not list(deep.iterdir())
