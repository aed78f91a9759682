"""The failure that a tool's user is told of."""


class ToolError(Exception):
    """A tool cannot go on; the message says what is wrong and what to do."""
