"""A decision on a version: promote it or not, and why."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

Evidence = Mapping[str, Any]
"""Figures by name; all values are plain JSON."""


@dataclass(frozen=True)
class Decision:
    """Whether a version becomes champion; the gate decides, or a person who commands a rollback."""

    promote: bool
    rule: str
    """The name of the rule that decided."""
    reason: str
    """One sentence."""
    evidence: Evidence
