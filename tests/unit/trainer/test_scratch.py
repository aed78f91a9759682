"""Scratch folders: gone with their block, and after a death with the next start."""

import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from rookery_trainer.scratch import PREFIX, remove_abandoned, scratch_folder

HOLD = """
import time
from rookery_trainer.scratch import scratch_folder
with scratch_folder() as folder:
    (folder / "rows").write_text("rows")
    print(folder, flush=True)
    time.sleep(600)
"""


@pytest.fixture(autouse=True)
def _own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr(tempfile, "tempdir", None)


def test_it_is_there_for_the_time_of_the_block() -> None:
    with scratch_folder() as folder:
        (folder / "rows").write_text("rows")
        with scratch_folder() as other:
            assert folder.is_dir()
            assert other != folder
        assert (folder / "rows").read_text() == "rows"

    assert not folder.exists()


def test_that_of_a_killed_process_goes_at_the_next_start_and_not_before_it_is_dead() -> None:
    holder = subprocess.Popen([sys.executable, "-c", HOLD], stdout=subprocess.PIPE, text=True)
    try:
        assert holder.stdout is not None
        folder = Path(holder.stdout.readline().strip())
        remove_abandoned()
        was_kept = (folder / "rows").is_file()
        holder.send_signal(signal.SIGKILL)
        holder.wait(60)
        was_left = folder.is_dir()

        with scratch_folder():
            pass

        assert (was_kept, was_left, folder.exists()) == (True, True, False)
    finally:
        holder.kill()
        holder.communicate(timeout=60)


def test_what_is_no_folder_of_its_own_stays(tmp_path: Path) -> None:
    file, elsewhere = tmp_path / f"{PREFIX}file", tmp_path / "elsewhere"
    file.write_text("kept")
    elsewhere.mkdir()
    (tmp_path / f"{PREFIX}link").symlink_to(elsewhere)

    remove_abandoned()

    assert file.read_text() == "kept"
    assert elsewhere.is_dir()
    assert sorted(each.name for each in tmp_path.iterdir()) == [
        "elsewhere",
        f"{PREFIX}file",
        f"{PREFIX}link",
    ]
