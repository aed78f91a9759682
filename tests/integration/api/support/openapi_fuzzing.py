"""schemathesis on a served OpenAPI document: generated requests, all of its checks."""

import re
import subprocess
import sys
from pathlib import Path

from tools.harness.api_process import ApiProcess


def fuzz(api: ApiProcess, model: str, folder: Path, examples: int) -> int:
    """How many cases schemathesis found no fault with, all checks on.

    `examples` bounds the random ones of each operation and phase. Operations of other models, which
    have no champion here, are left out. Fails with the report where a check fails.
    """
    # Of a batch that may be answered in part, a bad row is no reason to refuse the request: that is
    # tested by itself.
    (folder / "schemathesis.toml").write_text('[parameters]\n"query.partial" = "false"\n')
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
    assert "No issues found" in done.stdout
    generated = re.search(r"(\d+) generated", done.stdout)
    assert generated is not None, done.stdout[-2000:]
    return int(generated[1])
