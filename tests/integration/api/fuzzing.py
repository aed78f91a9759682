"""schemathesis on a served OpenAPI document: generated requests, all of its checks."""

import subprocess
import sys
from pathlib import Path

from tests.integration.api.processes import ApiProcess


def fuzz(api: ApiProcess, model: str, folder: Path, examples: int) -> str:
    """What schemathesis reports of `examples` generated cases an operation, all checks on.

    Operations of other models, which have no champion here, are left out. Fails with the report
    where a check fails.
    """
    program = "from schemathesis.cli import schemathesis; schemathesis()"
    done = subprocess.run(
        [
            *(sys.executable, "-c", program, "run", f"{api.url}/openapi.json"),
            *("--checks", "all", "--max-examples", str(examples), "--seed", "1"),
            *("--suppress-health-check", "all", "--continue-on-failure"),
            *("--exclude-path-regex", f"^/(predict|invocations|v2/models)/(?!{model})"),
        ],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-15000:] + done.stderr[-3000:]
    return done.stdout
