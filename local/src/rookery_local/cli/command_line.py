"""The command line `rookery`: its options, its commands and its exit codes."""

import logging
import sys
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Annotated

import typer

from rookery_core.errors import Refused, RookeryError
from rookery_core.logs import configure
from rookery_local.cli import table_commands
from rookery_local.cli.help_text import add, help_of
from rookery_local.console.terminal import say, terminal
from rookery_local.folder.home import DEFAULT, VARIABLE, Home
from rookery_local.process.environment import forget_the_shell
from rookery_local.process.signals import Interrupted, interruptible

IN_A_CLUSTER = ("retrain", "cluster")
"""The commands that have nothing to do with the embedded stack."""
OF_TABLES = ("init", "check")
"""The commands that have to do with no server at all."""
WITH_VALUE = ("--home", "--specs")
"""The options before the name of a command, each of which is followed by its value."""


def show_version(asked: bool) -> None:
    """Prints the version of Rookery and ends the program, where that is asked."""
    if asked:
        say(terminal(), f"rookery {version('rookery-local')}")
        raise typer.Exit


def options(
    context: typer.Context,
    home: Annotated[
        Path, typer.Option(envvar=VARIABLE, help="The state folder: data, logs, generated keys.")
    ] = DEFAULT,
    specs: Annotated[
        Path | None,
        typer.Option(
            envvar="ROOKERY_SPECS_DIRECTORY",
            exists=True,
            file_okay=False,
            help="A folder of specs beside the shipped ones; give it to `up` or `demo`.",
        ),
    ] = None,
    _version: Annotated[
        bool,
        typer.Option(
            "--version", help="Show the version and exit.", is_eager=True, callback=show_version
        ),
    ] = False,
) -> None:
    """Tabular data to a served champion model, on this machine.

    A real PostgreSQL, S3 store and MLflow, and the API, run as processes that listen on
    127.0.0.1 alone. Everything they keep is in one folder.
    """
    # Programs that a kubeconfig names for a login, such as aws or gcloud, need all of the shell.
    if context.invoked_subcommand not in IN_A_CLUSTER:
        forget_the_shell()
    if context.invoked_subcommand in OF_TABLES:
        context.obj = terminal()
        return
    from rookery_local.cli.session import Session  # noqa: PLC0415

    context.obj = Session(Home(home), specs.absolute() if specs else None, terminal())


def require_folder() -> None:
    """Checks that the folder in which the command was called is still there.

    Raises:
        Refused: it was removed.
    """
    try:
        Path.cwd()
    except FileNotFoundError:
        raise Refused("the folder that you are in was removed; change to another one") from None


def command_line(words: Sequence[str] = ()) -> typer.Typer:
    """Makes the command line, with the commands in the order of the help.

    Where `words` ask for a command about a table, the other commands are left out: what they import
    takes longer than a spec takes to be checked.
    """
    app = typer.Typer(
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["--help", "-h"]},
    )
    app.callback(help=help_of(options))(options)
    add(app, table_commands.init, table_commands.check)
    if command_in(words) not in OF_TABLES:
        _add_others(app)
    return app


def command_in(words: Sequence[str]) -> str | None:
    """Finds the name of the command among the words of a command line."""
    left = iter(words)
    for word in left:
        if word in WITH_VALUE:
            next(left, None)
        elif not word.startswith("-"):
            return word
    return None


def _add_others(app: typer.Typer) -> None:
    from rookery_local.cli import (  # noqa: PLC0415
        cluster_commands,
        forget_command,
        model_commands,
        run_command,
        stack_commands,
    )

    add(
        app,
        model_commands.demo,
        run_command.run,
        stack_commands.up,
        stack_commands.down,
        stack_commands.status,
        stack_commands.logs,
        model_commands.ingest,
        model_commands.train,
        model_commands.predict,
        model_commands.quarantine,
        model_commands.rollback,
        model_commands.retention,
        forget_command.forget,
        cluster_commands.retrain,
    )
    app.add_typer(cluster_commands.cluster_commands(), name="cluster")
    app.command(hidden=True)(stack_commands.supervise)


def run() -> None:
    """Runs the command in `sys.argv` and exits.

    The exit code is 0 for success, 1 if a retry may help, 2 for a wrong command line, 42 if the
    same command will never work, and 128 plus the number of a signal that ended it.
    """
    errors = terminal(stderr=True)
    # The progress reports show what succeeds; the log is for warnings.
    configure(logging.WARNING)
    # Our own sentence follows its lines about each attempt.
    logging.getLogger("urllib3").setLevel(logging.ERROR)
    try:
        with interruptible():
            require_folder()
            # The name, because a Python that was started again has that of a module.
            command_line(sys.argv[1:])(prog_name="rookery")
    except RookeryError as error:
        say(errors, f"rookery: {error}")
        sys.exit(error.exit_code)
    except Interrupted as interrupted:
        sys.exit(interrupted.exit_code)
