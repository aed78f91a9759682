"""The session of a command: the common options and the terminal."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console

from rookery_core.errors import Refused, Unavailable
from rookery_core.spec.catalog import Catalog, load_catalog
from rookery_core.spec.model_spec import ModelSpec
from rookery_local.console.report import Report, report_to
from rookery_local.console.terminal import say
from rookery_local.folder.home import Home
from rookery_local.folder.lock import holder
from rookery_local.stack.presence import Watch, absence, ending, explained, presence
from rookery_local.stack.stack import Stack
from rookery_local.stack.supervisor import running_stack

NOT_UP = 3
"""The exit code of `status` if something is not up, as init scripts use it."""


@dataclass(frozen=True)
class Session:
    """The options before the name of the command, and the terminal."""

    home: Home
    specs: Path | None
    """The folder of specs that the person named for a stack that is to start."""
    console: Console

    @property
    def report(self) -> Report:
        """Makes the report: bars or lines, as fits the console."""
        return report_to(self.console)

    def say(self, text: str) -> None:
        """Prints the text so that it can be copied: not wrapped and not coloured."""
        say(self.console, text)

    def stack(self) -> Stack:
        """Describes the stack of the folder, which is up.

        Raises:
            Refused: it is not up, or serves another folder of specs than the one named.
            Unavailable: it is still starting, or is stopping.
        """
        found = holder(self.home.lock)
        if found is not None and found.is_ending:
            raise Unavailable(ending(self.home))
        if found is not None and not found.is_up:
            raise Unavailable(
                f"the stack in {self.home.root} is still starting ({found}); try again when "
                "`rookery status` shows every part as up"
            )
        stack = running_stack(self.home)
        if stack is None:
            raise Refused(absence(self.home))
        if self.specs not in {None, stack.catalog.directory}:
            raise Refused(
                f"the stack that is up serves the specs of {stack.catalog.directory}, not of "
                f"{self.specs}; start it again: rookery down && rookery --specs {self.specs} up"
            )
        return stack

    def watch(self) -> Watch:
        """Makes the check that the stack, which another process keeps up, is still up."""
        return presence(self.home)

    @contextmanager
    def using_stack(self) -> Iterator[Stack]:
        """Gives the stack of the folder to the block; says so where it fails for the stack's end.

        Raises:
            Refused: it is not up, or serves another folder of specs than the one named.
            Unavailable: it is still starting, or is stopping, or has ended meanwhile.
        """
        stack = self.stack()
        with explained(self.watch()):
            yield stack

    def specs_folder(self) -> Path:
        """Names the folder of specs of the stack: of the one that is up, or else of the next one.

        Raises:
            Refused: the stack that is up serves another folder than the one named.
            Unavailable: it is still starting.
        """
        if holder(self.home.lock) is None:
            return self.specs or self.home.specs
        return self.stack().catalog.directory or self.home.specs

    def catalog(self, stack: Stack) -> Catalog:
        """Reads the catalog of a stack: the shipped specs and those of its folder of specs."""
        return load_catalog(stack.catalog.directory)

    def tell_faults(self) -> bool:
        """Says which files of the folder of specs are no specs, and so are left out.

        Returns whether there are any.

        Raises:
            Refused: the folder can't be read.
        """
        complaints = load_catalog(self.specs or self.home.specs).complaints
        for complaint in complaints:
            self.say(f"Left out: {complaint}")
        return bool(complaints)

    def spec(self, stack: Stack, model: str) -> ModelSpec:
        """Reads the spec of one model; specs of other models may be invalid.

        Raises:
            Refused: there is no spec of that name, or it is not valid.
        """
        return self.catalog(stack).spec(self.known_model(stack, model))

    def known_model(self, stack: Stack, model: str) -> str:
        """Returns the name if a spec has it, even one that is not valid.

        Raises:
            Refused: there is no spec of that name.
        """
        catalog = self.catalog(stack)
        if model not in catalog.models:
            also = "".join(f"; {stray}" for stray in catalog.strays)
            raise Refused(
                f"no spec is named {model!r}, there are {catalog.models}; "
                f"start the stack with the folder that holds it: rookery --specs DIR up{also}"
            )
        return model
