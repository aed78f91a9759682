"""The terminal: what a person reads there is the text as it is."""

from unicodedata import category

from rich.console import Console

_KEPT = "\n\t"


def terminal(*, stderr: bool = False) -> Console:
    """A console to which a text is no markup: `[red]`, `[/]` and `:x:` are printed as they are."""
    return Console(stderr=stderr, markup=False, emoji=False, highlight=False)


def say(console: Console, text: str) -> None:
    """The text stands there for copying, neither wrapped nor coloured."""
    console.print(printable(text), markup=False, emoji=False, highlight=False, soft_wrap=True)


def printable(text: str) -> str:
    """The text, with escapes in the place of what would move the cursor or could not be written.

    Messages quote files, servers' answers and paths, which may hold anything.
    """
    whole = text.encode("utf-8", "backslashreplace").decode("utf-8")
    return "".join(each if _moves_nothing(each) else _escape(each) for each in whole)


def _moves_nothing(character: str) -> bool:
    return character in _KEPT or character.isprintable() or category(character) == "Zs"


def _escape(character: str) -> str:
    return character.encode("unicode_escape").decode("ascii")
