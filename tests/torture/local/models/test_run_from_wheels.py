"""The whole way from a table to an answer, by what the wheels install, without a checkout."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from tools.wheels import UV, build


def row(number: int) -> str:
    # One in nineteen is otherwise, so that age is no leak.
    leaves = (number % 60 > 30) != (number % 19 == 7)
    return f"{18 + number % 60},{('basic', 'plus')[number % 2]},{'yes' if leaves else 'no'}"


TABLE = "\n".join(["age,plan,churn", *map(row, range(600))])
PYTHON = """
import pandas, rookery
frame = pandas.read_csv("churn.csv")
model = rookery.load("churn")
print((model.predict(frame) == frame["churn"]).mean() > 0.9)
model.stop()
"""


@pytest.mark.timeout(1800)
def test_a_table_becomes_an_answer_by_the_wheels_alone(tmp_path: Path) -> None:
    environment, folder = tmp_path / "environment", tmp_path / "anywhere"
    folder.mkdir()
    build(tmp_path / "dist")
    subprocess.run([UV, "venv", "--quiet", "--python", sys.executable, environment], check=True)
    install: list[str | Path] = [UV, "pip", "install", "--quiet"]
    install += ["--python", environment / "bin" / "python"]
    install += ["--constraint", tmp_path / "dist" / "constraints.txt"]
    subprocess.run([*install, *sorted((tmp_path / "dist").glob("*.whl"))], check=True)
    (folder / "churn.csv").write_text(TABLE)

    def ran(program: str, *arguments: str) -> str:
        done = subprocess.run(
            [environment / "bin" / program, *arguments],
            cwd=folder,
            env={"PATH": os.environ["PATH"], "HOME": str(folder)},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    try:
        printed = ran("rookery", "run", "churn.csv", "--target", "churn", "--trials", "3")
        said = ran("python", "-c", PYTHON)
    finally:
        ran("rookery", "down")

    assert '{"class": "' in printed
    assert said.strip() == "True"
