"""Reasons of bad rows, by their kind."""

import re

_VALUE = re.compile(r"\b([a-z][a-z0-9_]*): (?:'(?:\\.|[^'\\])*'|\"(?:\\.|[^\"\\])*\") ")
"""A column and a value of it, as reasons name them."""


def kind_of(reason: str) -> str:
    """Returns a reason without the value of the cell: what it has in common with others."""
    return _VALUE.sub(r"\1: ", reason)
