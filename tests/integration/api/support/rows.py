"""Rows that the penguin models accept, as objects and as bodies."""

import json

ROW = {"bill_length_mm": 39.1, "bill_depth_mm": 18.7, "flipper_length_mm": 181, "body_mass_g": 3750}
GOOD = json.dumps(ROW).encode()
BODIES = tuple(
    json.dumps({**ROW, "body_mass_g": mass}).encode() for mass in (2900, 3750, 4700, 6000)
)
