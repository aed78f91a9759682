"""Which columns of an estimator's points a spec keeps in order, and in which direction."""

from collections.abc import Mapping
from typing import Any

from sklearn.compose import ColumnTransformer

from rookery_core.spec.model_spec import ModelSpec


def directions(spec: ModelSpec, blocks: ColumnTransformer, width: int) -> list[int]:
    """Returns for each of the `width` columns that the fitted blocks make 1, -1 or 0.

    1: what the estimator answers never falls with it; of two classes that is the probability of the
    later one by name, so the signs are turned where the earlier one is the positive class.
    """
    places, found = _places(blocks), [0] * width
    turned = spec.task == "classification" and spec.classes[spec.positive] == min(spec.classes)
    for name, direction in spec.monotone.items():
        sign = 1 if direction == "increasing" else -1
        found[places[name]] = -sign if turned else sign
    return found


def _places(blocks: ColumnTransformer) -> Mapping[str, int]:
    """Returns the place of each column that is passed on as one column."""
    found: dict[str, int] = {}
    block: tuple[str, Any, list[str]]
    for block in blocks.transformers_:
        name, _, columns = block
        made = blocks.output_indices_[name]
        if made.stop - made.start == len(columns):
            found |= dict(zip(columns, range(made.start, made.stop), strict=True))
    return found
