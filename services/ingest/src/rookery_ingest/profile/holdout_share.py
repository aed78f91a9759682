"""The share of a table's rows that its spec holds out.

What is held out is never trained on, so no more is than a judgement needs. The rule is that of
AutoGluon for tables of up to 25,000 rows: a fifth of few rows, 500 of some thousands, and a tenth
of more (docs/decisions/0211-rows-held-out.md).
"""

import math

from rookery_ingest.profile.target_decision import Target

MOST, LEAST = 0.2, 0.1
HELD_ROWS = 500
"""Rows that judge a model well enough."""
HELD_OF_A_CLASS = 50
"""Rows of the rarest class that do."""


def holdout_share(target: Target, rows: int) -> float:
    """Decides which share of `rows` is held out, in whole percent from 10 % to 20 %."""
    known = rows - target.without
    needed = HELD_ROWS / max(known, 1)
    classes = [count for label, count in target.rows.items() if label not in target.rare]
    if classes:
        needed = max(needed, HELD_OF_A_CLASS / min(classes))
    return math.ceil(100 * min(MOST, max(LEAST, needed)) - 1e-9) / 100
