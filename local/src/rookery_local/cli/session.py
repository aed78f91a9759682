"""What every command of the command line starts from."""

from dataclasses import dataclass
from pathlib import Path

from rich.console import Console

from rookery_core.catalog import Catalog, load_catalog
from rookery_core.errors import Refused, Unavailable
from rookery_core.spec import ModelSpec
from rookery_local.console.report import Report, report_to
from rookery_local.console.terminal import say
from rookery_local.folder.home import Home
from rookery_local.folder.lock import holder
from rookery_local.stack.stack import Stack
from rookery_local.stack.supervisor import running_stack


@dataclass(frozen=True)
class Session:
    """The options that stand before the command's name, and the terminal."""

    home: Home
    specs: Path | None
    """The folder of specs that the person named, for a stack that is to be started."""
    console: Console

    @property
    def report(self) -> Report:
        """Bars or lines, as the console is."""
        return report_to(self.console)

    def say(self, text: str) -> None:
        """The text stands there as it is: for copying, neither wrapped nor coloured."""
        say(self.console, text)

    def stack(self) -> Stack:
        """The folder's stack, which is up.

        Raises:
            Refused: where it is not, or serves another folder of specs than the one named.
            Unavailable: where it is still starting.
        """
        found = holder(self.home.lock)
        if found is not None and not found.is_up:
            raise Unavailable(
                f"the stack in {self.home.root} is still starting ({found}); try again when "
                "`rookery status` shows every part as up"
            )
        stack = running_stack(self.home)
        if stack is None:
            raise Refused(f"no stack is up in {self.home.root}; start it with `rookery up`")
        if self.specs not in {None, stack.catalog.directory}:
            raise Refused(
                f"the stack that is up serves the specs of {stack.catalog.directory}, not of "
                f"{self.specs}; start it again: rookery down && rookery --specs {self.specs} up"
            )
        return stack

    def catalog(self, stack: Stack) -> Catalog:
        """The models of a stack: the shipped specs and those of the folder it was started with."""
        return load_catalog(stack.catalog.directory)

    def spec(self, stack: Stack, model: str) -> ModelSpec:
        """One model's spec, whatever is wrong with those of others.

        Raises:
            Refused: where there is none of that name, or it is not valid.
        """
        catalog = self.catalog(stack)
        if model not in catalog.models:
            also = "".join(f"; {stray}" for stray in catalog.strays)
            raise Refused(
                f"no spec is named {model!r}, there are {catalog.models}; "
                f"start the stack with the folder that holds it: rookery --specs DIR up{also}"
            )
        return catalog.spec(model)
