"""A Docker client whose engine has images, each a file with its label, and answers if told to."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

# The engine is nobody's of ours: that one, asked by its socket, calls itself otherwise.
CLIENT = """#!/bin/sh
for last; do :; done
case "$1" in
  image) exec cat "{folder}/$(echo "$last" | tr / _)" ;;
  version) exec cat "{folder}/version" ;;
  info) echo theirs ;;
  --host) echo ours ;;
  *) exit 1 ;;
esac
"""


@dataclass(frozen=True)
class Images:
    """What the engine behind the client has."""

    folder: Path

    def add(self, name: str, labels: Mapping[str, str]) -> None:
        """An image of that name is there."""
        (self.folder / name.replace("/", "_")).write_text("".join(labels.values()))

    def answer(self) -> None:
        """The engine answers from now on."""
        (self.folder / "version").touch()
