"""The one error of this package."""


class Unready(Exception):
    """States what is not there, and the remedy."""
