import io
from pathlib import Path

import pytest
from tools.progress import Progress


def test_each_step_is_named_and_timed(tmp_path: Path) -> None:
    out = io.StringIO()
    progress = Progress(tmp_path / "log", out)

    with progress.step("one"):
        pass
    with progress.step("two"):
        pass

    assert [line for line in out.getvalue().splitlines() if line.startswith("▸")] == [
        "▸ one",
        "▸ two",
    ]
    assert [name for name, _ in progress.times] == ["one", "two"]
    assert progress.table().endswith("altogether")


def test_a_step_that_fails_is_not_said_to_be_done(tmp_path: Path) -> None:
    out = io.StringIO()
    progress = Progress(tmp_path / "log", out)

    with pytest.raises(ValueError, match="broken"), progress.step("one"):
        raise ValueError("broken")

    assert "done" not in out.getvalue()
    assert progress.times == []
