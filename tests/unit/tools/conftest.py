"""What the tools' tests share."""

from pathlib import Path

import pytest
from tests.unit.tools.support.fake_engine import CLIENT, Images


@pytest.fixture
def engine_images(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Images:
    """The images of an engine that the client on the PATH asks."""
    folder = tmp_path / "engine"
    folder.mkdir()
    client = tmp_path / "bin" / "docker"
    client.parent.mkdir()
    client.write_text(CLIENT.format(folder=folder))
    client.chmod(0o755)
    monkeypatch.setenv("PATH", f"{client.parent}:/usr/bin:/bin")
    return Images(folder)
