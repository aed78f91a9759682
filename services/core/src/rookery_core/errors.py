"""The errors of every Rookery program.

    RookeryError            exit code 1: a retry may help
    ├── Refused             exit code 42: the same input will never work
    └── Unavailable         exit code 1: a backing service did not answer in time

A message states the fact and the remedy, in one sentence each.
"""

from typing import ClassVar


class RookeryError(Exception):
    """A failure that Rookery can explain."""

    exit_code: ClassVar[int] = 1


class Refused(RookeryError):
    """The input itself is wrong; running the same thing again cannot succeed."""

    exit_code: ClassVar[int] = 42


class Unavailable(RookeryError):
    """A database, the object store or the tracking server did not answer in time."""
