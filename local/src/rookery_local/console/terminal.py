"""The terminal: shows text exactly as it is."""

from unicodedata import category

from rich.console import Console

_KEPT = "\n\t"


def terminal(*, stderr: bool = False) -> Console:
    """Makes a console without markup: `[red]`, `[/]` and `:x:` are printed as they are."""
    return Console(stderr=stderr, markup=False, emoji=False, highlight=False)


def say(console: Console, text: str) -> None:
    """Prints the text so that it can be copied: not wrapped and not coloured."""
    console.print(printable(text), markup=False, emoji=False, highlight=False, soft_wrap=True)


def printable(text: str) -> str:
    """Escapes every character that would move the cursor or cannot be written.

    Messages quote files, answers of servers and paths, which may contain anything.
    """
    whole = text.encode("utf-8", "backslashreplace").decode("utf-8")
    return "".join(each if _moves_nothing(each) else _escape(each) for each in whole)


def _moves_nothing(character: str) -> bool:
    return character in _KEPT or character.isprintable() or category(character) == "Zs"


def _escape(character: str) -> str:
    return character.encode("unicode_escape").decode("ascii")
