"""The share of a table's rows that its spec holds out.

What is held out is never trained on, so no more is than the gate needs: a fifth of few rows, and a
tenth from 500 rows on, unless a class is rare (docs/decisions/0211-rows-held-out.md).
"""

import math

from rookery_ingest.profile.target_decision import Target

MOST, LEAST = 0.2, 0.1
HELD_ROWS = 50
"""Rows that judge a model well enough."""
HELD_OF_A_CLASS = 20
"""Rows of the rarest class that do."""


def holdout_share(target: Target, rows: int) -> float:
    """Decides which share of `rows` is held out, in whole percent from 10 % to 20 %."""
    known = rows - target.without
    needed = HELD_ROWS / max(known, 1)
    classes = [count for label, count in target.rows.items() if label not in target.rare]
    if classes:
        needed = max(needed, HELD_OF_A_CLASS / min(classes))
    return math.ceil(100 * min(MOST, max(LEAST, needed)) - 1e-9) / 100
