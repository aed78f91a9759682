"""`rookery init` and `rookery check` need no server, and do not wait for what others import."""

import subprocess
import sys
from pathlib import Path

import pytest
from tests.some import some
from typer.testing import CliRunner

from rookery_core.errors import Refused
from rookery_core.spec.spec_yaml import parse_spec
from rookery_local.cli.command_line import command_in, command_line

TREES = "height,tree\n" + "".join(f"{row}.5,{'larch' if row % 3 else 'fir'}\n" for row in range(90))


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "trees.csv").write_text(TREES)
    return tmp_path


def rookery(*words: str) -> str:
    done = CliRunner().invoke(command_line(words), list(words))
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    assert done.exit_code == 0, done.output
    return done.output


def test_init_writes_a_spec_that_check_takes(folder: Path) -> None:
    said = rookery("init", "trees.csv", "--target", "Tree")
    checked = rookery("check", "trees.yaml", "--data", "trees.csv")

    assert "height: number" in said
    assert "Written: trees.yaml" in said
    assert "90 rows, 0 of them would go into quarantine" in checked


def test_init_prints_the_spec_where_that_is_asked(folder: Path) -> None:
    said = rookery("init", "trees.csv", "--target", "tree", "-o", "-", "--name", "forest")

    assert parse_spec(said, "x").name == "forest"
    assert sorted(path.name for path in folder.iterdir()) == ["trees.csv"]


def test_init_changes_no_file_that_is_there(folder: Path) -> None:
    rookery("init", "trees.csv", "--target", "tree")

    with pytest.raises(Refused, match=r"trees.yaml is there already"):
        rookery("init", "trees.csv", "--target", "tree")


def test_check_refuses_a_spec_with_faults(folder: Path) -> None:
    (folder / "trees.yaml").write_text("spec: 2\ntraget: tree\n")

    with pytest.raises(Refused, match="faults; mend each at its line"):
        rookery("check", "trees.yaml")


@pytest.mark.parametrize(
    ("words", "command"),
    [
        (["check", "up.yaml"], "check"),
        (["--home", "init", "up"], "up"),
        (["--home=x", "--specs", "y", "init", "z"], "init"),
        (["--help"], None),
        ([], None),
    ],
)
def test_the_command_is_found_among_the_words(words: list[str], command: str | None) -> None:
    assert command_in(words) == command


def test_a_check_imports_no_client_of_a_server(folder: Path) -> None:
    program = (
        "import sys; from rookery_local.cli.command_line import command_line; "
        "command_line(['check']); print(*sys.modules)"
    )

    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )

    imported = set(some(done.stdout.split()))
    assert not imported & {"kubernetes", "boto3", "sqlalchemy", "mlflow", "sklearn", "pandas"}
