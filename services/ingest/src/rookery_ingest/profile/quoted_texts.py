"""Texts whose quotes are part of them, because a space stands before the quotes in the file."""

from rookery_ingest.profile.null_tokens import is_usual
from rookery_ingest.profile.table_statistics import ColumnFacts


def quoted_texts(facts: ColumnFacts) -> str:
    """Says that each cell of a column of texts has quotes round it, and how they come off.

    Empty where one has none, as far as the sampled rows and the first text tell.
    """
    cells = [facts.tally.first_text or "", *(facts.counts or facts.sample)]
    texts = [text for text in map(str.strip, cells) if text and not is_usual(text)]
    if not texts or not all(map(_is_quoted, texts)):
        return ""
    return (
        "the quotes are part of the texts; if spaces stand before them in the file, take these "
        "out, such as with pandas: read_csv(FILE, skipinitialspace=True), then to_csv(index=False)"
    )


def _is_quoted(text: str) -> bool:
    return len(text) > 1 and text[0] == text[-1] and text[0] in "\"'"
