"""`python -m rookery_trainer COMMAND`: wires a command, `sweep` above all, and exits."""

import argparse
import gc
import logging
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from rookery_core import logs
from rookery_core.job import run_job
from rookery_trainer.slot import slot_for
from rookery_trainer.sweep import fork_server


def main() -> None:
    """Exits with 0: done, 42: the same input will never work, 1: a retry may help, 130: Ctrl-C."""
    arguments = _parser().parse_args()
    # SIGTERM becomes an exception, so that every open block ends its runs and its workers.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    logs.configure()
    # It tells of its fonts while it is imported, at each start of a pod.
    logging.getLogger("matplotlib").setLevel(logging.WARNING)
    command = _sweep_in_slot if arguments.command == "sweep" else _run
    try:
        sys.exit(run_job(lambda: command(arguments)))
    except KeyboardInterrupt:
        # As a shell says it; a traceback would hide the line that says how to go on.
        sys.exit(128 + signal.SIGINT)


def _sweep_in_slot(arguments: argparse.Namespace) -> None:
    """Sweeps once the installation has a slot for it; before, it takes little memory."""
    with slot_for(arguments.model):
        fork_server.warm_up()
        _run(arguments)


def _run(arguments: argparse.Namespace) -> None:
    with _without_garbage_collection():
        # Imported late: MLflow and the rest take seconds and memory, for which neither --help nor
        # a worker should wait, nor a sweep that waits itself should have them.
        from rookery_trainer import commands  # noqa: PLC0415
    _tell_of_libraries()
    match arguments.command:
        case "sweep":
            commands.sweep(
                arguments.model,
                sweep_id=arguments.sweep_id,
                ordinal=arguments.ordinal,
                unless_champion=arguments.unless_champion,
            )
        case "rollback":
            commands.rollback(arguments.model, to=arguments.to, request_id=arguments.request_id)
        case "drop-snapshots":
            commands.drop_snapshots(arguments.model)
        case "retire":
            commands.retire(arguments.model, dry_run=arguments.dry_run)
        case _:
            commands.retention(arguments.model, dry_run=arguments.dry_run)


@contextmanager
def _without_garbage_collection() -> Iterator[None]:
    """Keeps what the block makes for good: looking through it, now and at exit, takes long."""
    gc.disable()
    yield
    gc.freeze()
    gc.enable()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="rookery-trainer", description="Train a model, roll it back, or remove sweeps."
    )
    commands = parser.add_subparsers(dest="command", required=True)
    swept = commands.add_parser(
        "sweep", help="try configurations and let the gate decide on the best"
    )
    swept.add_argument("model", help="the name of a spec")
    swept.add_argument("--sweep-id", help="continue or begin the sweep of this id")
    swept.add_argument("--ordinal", type=int, help="repeat the draw of that earlier sweep")
    swept.add_argument(
        "--unless-champion",
        action="store_true",
        help="do nothing where this spec has a champion trained from today's data",
    )
    rolled = commands.add_parser("rollback", help="make an earlier champion the champion again")
    rolled.add_argument("model", help="the name of a spec")
    rolled.add_argument("--to", type=int, help="the version; the one before today's if not given")
    rolled.add_argument("--request-id", help="the same id again changes nothing")
    dropped = commands.add_parser(
        "drop-snapshots", help="remove the stored rows of a model's batches"
    )
    dropped.add_argument("model", help="the name of a spec, also of one that is gone")
    retired = commands.add_parser(
        "retire", help="remove every sweep that has read a row which was forgotten since"
    )
    retired.add_argument("model", help="the name of a spec")
    retired.add_argument("--dry-run", action="store_true", help="say what would be removed")
    cleaned = commands.add_parser("retention", help="remove old sweeps with all that came of them")
    cleaned.add_argument("model", nargs="?", help="the name of a spec; all of them if not given")
    cleaned.add_argument("--dry-run", action="store_true", help="say what would be removed")
    return parser


def _tell_of_libraries() -> None:
    """Makes events of Python's warnings, and of what MLflow says by a handler of its own."""
    logging.captureWarnings(capture=True)
    library = logging.getLogger("mlflow")
    library.handlers, library.propagate = [], True
    library.setLevel(logging.WARNING)


if __name__ == "__main__":
    main()
