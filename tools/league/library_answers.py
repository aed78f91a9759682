"""What the libraries answered of a fold: asked once, and kept for the next time it is played.

They do not change when Rookery does. What is kept stands for one program of the libraries, and for
the same rows and budget.
"""

import hashlib
import json
import os
import subprocess
from pathlib import Path
from typing import Any

import numpy as np

from tools.checkout import ROOT
from tools.league.entries import Entry
from tools.league.results import Budget

TABLES_PYTHON = ROOT / ".venv" / "tables" / "bin" / "python"
PROGRAM = Path(__file__).with_name("libraries.py")
REQUIREMENTS = ROOT / "requirements" / "tables.txt"
SEED = 1


def library_answers(
    entry: Entry, training: Path, test: Path, budget: Budget, folder: Path
) -> tuple[dict[str, Any], dict[str, dict[str, float]]]:
    """Returns the answers of each library, with the `labels`, and what each took.

    Args:
        folder: where they are kept.
    """
    options = json.dumps(
        {
            "target": entry.target,
            "task": entry.task,
            "trials": budget.trials,
            "threads": os.cpu_count() or 1,
            "seed": SEED,
        }
    )
    parts = [PROGRAM.read_bytes(), REQUIREMENTS.read_bytes(), options.encode()]
    digest = hashlib.sha256(b"\0".join([*parts, training.read_bytes(), test.read_bytes()]))
    kept = folder / f"{entry.name}-{digest.hexdigest()[:16]}.json"
    answers = kept.with_suffix(".npz")
    if not kept.exists():
        folder.mkdir(parents=True, exist_ok=True)
        told = _ask(training, test, answers, options)
        # Written last, and whole: where it is, the answers are.
        new = kept.with_suffix(".new")
        new.write_text(told)
        new.rename(kept)
    with np.load(answers, allow_pickle=False) as found:
        return dict(found), json.loads(kept.read_text(encoding="utf-8"))


def _ask(training: Path, test: Path, answers: Path, options: str) -> str:
    own = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    # A fit has one thread on either side; the folds of a trial share the cores.
    own["OMP_NUM_THREADS"] = "1"
    done = subprocess.run(
        [TABLES_PYTHON, PROGRAM, training, test, answers, options],
        check=True,
        stdout=subprocess.PIPE,
        text=True,
        env=own,
    )
    return done.stdout
