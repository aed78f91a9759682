"""Specs that try the page's forms."""

import json
from uuid import uuid4

from tools.harness.specs import shipped

from rookery_core.spec import ModelSpec


def a_spec_with_categories() -> ModelSpec:
    """Few categories, many, an optional one; markup in the texts that people see."""
    spec = shipped("species").model_dump(mode="json")
    columns = {column["name"]: column for column in spec["columns"]}
    columns["island"] |= {"optional": True, "description": "<img src=x onerror=alert(1)>"}
    columns["sex"]["values"] = ["A", "B", "C", "D", "E", "F"]
    columns["bill_length_mm"] |= {"unit": "", "range": [-40, 40], "example": None}
    spec |= {
        "name": f"t{uuid4().hex[:12]}",
        "title": '<b>Bold</b> & "quoted"',
        "features": ["island", "sex", "bill_length_mm"],
    }
    return ModelSpec.model_validate_json(json.dumps(spec))
