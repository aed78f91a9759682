"""The model `house`: it answers a number, as training leaves such a model."""

from rookery_core.manifest import FeatureValue
from rookery_core.spec.model_spec import ModelSpec
from rookery_core.spec.spec_yaml import parse_spec

TEXT = """
spec: 2
name: house
title: Price of a house
source: {url: "file:house.csv"}
columns:
  - {name: area, kind: number, unit: m², range: [10, 500], example: 80, optional: false}
  - {name: rooms, kind: number, range: [1, 20], integer: true, optional: true}
  - {name: garden, kind: boolean}
  - {name: town, kind: category, values: [Rom, Ulm], unknown: accept, optional: true}
  - {name: price, kind: number, unit: EUR}
target: price
features: all
estimator: random_forest
"""
ROW: dict[str, FeatureValue] = {"area": 95.5, "rooms": 4, "garden": True, "town": "Rom"}
"""A row that fits the contract."""


def house(name: str = "house", **keys: str) -> ModelSpec:
    """Makes the spec, with further keys."""
    lines = "".join(f"{key}: {value}\n" for key, value in keys.items())
    return parse_spec(TEXT.replace("name: house", f"name: {name}") + lines, "house.yaml")
