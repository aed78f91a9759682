"""Writes what Helm needs to know of a model spec by itself: its keys, and the estimators.

`python -m tools.generate.spec_outline` writes the file into the chart anew.
"""

import json

from rookery_core.spec.estimators import AUTO, SEARCHABLE
from rookery_core.spec.model_spec import ModelSpec
from tools.checkout import ROOT

FILE = ROOT / "charts" / "rookery" / "files" / "spec-outline.json"


def main() -> None:
    """Writes today's file."""
    FILE.write_text(outline(), encoding="utf-8")


def outline() -> str:
    """Returns the file's text."""
    fields = ModelSpec.model_fields
    found = {
        "required": [key for key, field in fields.items() if field.is_required()],
        "requiredWithoutSpec2": ["estimator", "search_space"],
        "known": list(fields),
        "estimators": [*SEARCHABLE, AUTO],
    }
    return json.dumps(found, indent=2) + "\n"


if __name__ == "__main__":
    main()
