"""A step that records what it is told."""


class RecordedStep:
    """Records advances and the result; a step with something to count needs no notes."""

    def __init__(self) -> None:
        self.advances: list[tuple[int, int, str]] = []
        self.conclusion = ""
        self.warnings: list[str] = []

    def advance(self, done: int, of: int, note: str = "") -> None:
        """Records the advance."""
        self.advances.append((done, of, note))

    def note(self, text: str) -> None:
        """Fails."""
        raise AssertionError(f"a note beside what is counted: {text}")

    def warn(self, text: str) -> None:
        """Records the warning."""
        self.warnings.append(text)

    def conclude(self, note: str) -> None:
        """Records the result."""
        self.conclusion = note
