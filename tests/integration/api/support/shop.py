"""The model `shop`: a second-version spec with every kind of feature, as training leaves it."""

from rookery_core.spec.model_spec import ModelSpec
from rookery_core.spec.spec_yaml import parse_spec

TEXT = """
spec: 2
name: shop
title: Size of an order
source: {url: "file:shop.csv"}
columns:
  - {name: price, kind: number, unit: EUR, aliases: [Price (EUR)], offset: 100, example: 99.5,
     optional: true}
  - {name: items, kind: number, range: [0, 9], integer: true, optional: false}
  - {name: bought, title: Time of purchase, kind: datetime, zone: Europe/Berlin,
     origin: "2025-05-01"}
  - {name: birthday, kind: datetime, origin: "1970-01-01", optional: true}
  - {name: town, kind: category, values: [Rom, Ulm], unknown: accept, optional: true}
  - {name: colour, kind: category, values: [red, blue], unknown: accept}
  - {name: gift, kind: boolean}
  - {name: returned, kind: boolean, optional: true}
  - {name: size, kind: category, values: [s, m, l]}
target: size
rare: {merge: [m, l], into: large}
features: all
estimator: logistic_regression
"""
ROW = {
    "price": 120.5,
    "items": 3,
    "bought": "2026-03-29T03:30:00+02:00",
    "birthday": "1990-02-28",
    "town": "Rom",
    "colour": "red",
    "gift": True,
    "returned": False,
}
"""A row that fits the contract."""


def shop(name: str = "shop") -> ModelSpec:
    """Makes the spec."""
    return parse_spec(TEXT.replace("name: shop", f"name: {name}"), "shop.yaml")
