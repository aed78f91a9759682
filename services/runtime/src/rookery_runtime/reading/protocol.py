"""What the parent and the reader say to each other: a line before the bytes, each way."""

from pydantic import BaseModel


class Request(BaseModel):
    """The line that comes before the files."""

    manifest_bytes: int
    model_bytes: int
    rows: int
    """The most rows of one batch."""
    memory: int
    """Bytes that the child may hold."""
    seconds: int
    """Of processor time that the child may take."""
    zones: tuple[str, ...] = ()
    """IANA zones of the contract, which are files; the child opens none once it is limited."""


class Answer(BaseModel):
    """The line that comes before the graph."""

    refused: str | None = None
    """Why there is none."""
    steps: int = 0
    """What a batch of the most rows takes."""
    loading: int = 0
    """Bytes that the runtime needs while it loads the graph."""
    tried: bool = False
    """Whether it was loaded here, answered its golden rows and a large batch."""
    batch_seconds: float = 0.0
    """What the large batch took."""
