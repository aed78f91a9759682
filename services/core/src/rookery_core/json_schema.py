"""The JSON Schema of a model spec, for editors and for the chart.

`python -m rookery_core.json_schema` writes it beside the shipped specs.
"""

import json
from importlib.resources import files
from pathlib import Path

from rookery_core.spec.model_spec import ModelSpec

SCHEMA_FILE = "model-spec.schema.json"


def spec_schema() -> str:
    """Returns the schema's text, ending in a newline; the same for the same spec classes."""
    schema = ModelSpec.model_json_schema()
    schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    schema["title"] = "Rookery model spec"
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"


def main() -> None:
    """Writes the schema of today's classes into the file beside the specs."""
    Path(str(files("rookery_core").joinpath("specs", SCHEMA_FILE))).write_text(
        spec_schema(), encoding="utf-8"
    )


if __name__ == "__main__":
    main()
