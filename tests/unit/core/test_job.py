"""The edge of a Job: every error becomes one event and one exit code."""

import json
import subprocess
import sys

import pytest

PROGRAM = """
from rookery_core import errors, job, logs
logs.configure()
def work():
    {body}
raise SystemExit(job.run_job(work))
"""


def program(body: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", PROGRAM.format(body=body)]
    return subprocess.run(command, check=False, capture_output=True, text=True)


@pytest.mark.parametrize(
    ("body", "code", "reason"),
    [
        ("raise errors.Refused('the file is empty; give another')", 42, "the file is empty"),
        ("raise errors.Unavailable('no database; start it')", 1, "no database; start it"),
        (
            "from rookery_core.settings import PostgresSettings; PostgresSettings()",
            42,
            "PostgresSettings are not whole: user: Field required",
        ),
        (
            "import os; os.environ['ROOKERY_API_ALLOWED_HOSTS'] = 'a-host'; "
            "from rookery_api.base.settings import ApiSettings; ApiSettings()",
            42,
            "write it as JSON in the environment",
        ),
        (
            "from tests.unit.core.support.database_errors import database_error; "
            "raise database_error('42701')",
            42,
            "the database refuses every time: SQLSTATE 42701; mend what it names",
        ),
        (
            "from tests.unit.core.support.database_errors import database_error; "
            "raise database_error('57P01')",
            1,
            "SQLSTATE 57P01",
        ),
        ("1 / 0", 1, "ZeroDivisionError"),
    ],
)
def test_a_failure_is_one_json_line_and_its_exit_code(body: str, code: int, reason: str) -> None:
    run = program(body)

    (line,) = run.stderr.splitlines()
    event = json.loads(line)
    assert run.returncode == event["exit"] == code
    assert event["event"] == "failed"
    assert reason in line


def test_success_is_silent() -> None:
    run = program("return")

    assert (run.returncode, run.stderr) == (0, "")


def test_records_of_other_libraries_become_json_too() -> None:
    body = "import logging; logging.getLogger('x').warning('from %s', 'afar')"

    run = program(body)

    event = json.loads(run.stderr)
    assert (event["event"], event["level"]) == ("from afar", "warning")
