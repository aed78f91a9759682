"""The one error of this package."""


class AirgapError(Exception):
    """What failed, and what to do about it, in words for the person at the terminal."""
