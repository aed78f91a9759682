"""A step that records what it is told."""


class RecordedStep:
    """Records advances, notes and the result."""

    def __init__(self) -> None:
        self.advances: list[tuple[int, int, str]] = []
        self.notes: list[str] = []
        self.conclusion = ""
        self.warnings: list[str] = []

    def advance(self, done: int, of: int, note: str = "") -> None:
        """Records the advance."""
        self.advances.append((done, of, note))

    def note(self, text: str) -> None:
        """Records the note."""
        self.notes.append(text)

    def warn(self, text: str) -> None:
        """Records the warning."""
        self.warnings.append(text)

    def conclude(self, note: str) -> None:
        """Records the result."""
        self.conclusion = note
