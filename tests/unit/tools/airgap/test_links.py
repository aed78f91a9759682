from pathlib import Path

import pytest
from tools.airgap import links


@pytest.fixture
def program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PATH", str(tmp_path / "usual"))
    (tmp_path / "usual").mkdir()
    made = tmp_path / "cache" / "steps" / "kind"
    made.parent.mkdir(parents=True)
    made.write_text("#!/bin/sh\n")
    made.chmod(0o755)
    return made


def test_a_missing_program_is_found_afterwards_and_gone_after_removal(
    tmp_path: Path, program: Path
) -> None:
    folder, usual = tmp_path / "cache" / "bin", tmp_path / "usual"

    links.ensure(folder, {"kind": program}, usual)
    links.ensure(folder, {"kind": program}, usual)

    assert (usual / "kind").resolve() == program
    links.remove(folder, usual)
    assert not list(usual.iterdir())
    assert not folder.exists()


def test_a_program_of_the_machine_is_left_alone(tmp_path: Path, program: Path) -> None:
    folder, usual = tmp_path / "cache" / "bin", tmp_path / "usual"
    own = usual / "kind"
    own.write_text("#!/bin/sh\n")
    own.chmod(0o755)

    links.ensure(folder, {"kind": program}, usual)
    links.remove(folder, usual)

    assert own.read_text() == "#!/bin/sh\n"
    assert not own.is_symlink()


def test_a_link_of_a_cache_that_is_gone_is_replaced(tmp_path: Path, program: Path) -> None:
    folder, usual = tmp_path / "cache" / "bin", tmp_path / "usual"
    (usual / "kind").symlink_to(tmp_path / "gone" / "bin" / "kind")

    links.ensure(folder, {"kind": program}, usual)

    assert (usual / "kind").resolve() == program
