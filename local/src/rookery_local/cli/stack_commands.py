"""The commands for the stack as a whole: up, down, status and logs."""

import logging
import os
import sys
import time
from contextlib import ExitStack
from typing import Annotated, TextIO

import structlog
import typer

from rookery_core import logs as event_logs
from rookery_core.errors import Refused
from rookery_core.job import run_job
from rookery_core.waiting import Wait, poll_until
from rookery_local.cli.session import NOT_UP, Session
from rookery_local.console.report import Step
from rookery_local.folder.claim import claim
from rookery_local.folder.lock import FolderLock, holder
from rookery_local.models.model_cards import show_models_of
from rookery_local.process.child_process import log_tail
from rookery_local.process.events import PART_READY, STACK_READY
from rookery_local.process.signals import ctrl_c_ends
from rookery_local.stack.addresses import RequestedPorts
from rookery_local.stack.background import start_in_background, stop_in_background
from rookery_local.stack.leftovers import marked
from rookery_local.stack.presence import absence
from rookery_local.stack.stack import PARTS, Announce, Stack
from rookery_local.stack.status import show_parts
from rookery_local.stack.supervisor import StartOptions, running_stack, supervised

ApiPort = Annotated[
    int | None, typer.Option(min=1, max=65535, help="Port of the API; refused if it is in use.")
]
ManagementPort = Annotated[
    int | None,
    typer.Option(
        min=1, max=65535, help="Port of the API's metrics and health; refused if it is in use."
    ),
]
MlflowPort = Annotated[
    int | None, typer.Option(min=1, max=65535, help="Port of MLflow; refused if it is in use.")
]
FOLLOW_SECONDS = 0.2
CHANGE = Wait(180.0, 0.5)
"""How long the start or stop of a stack by another process is waited for."""


def up(
    context: typer.Context,
    api_port: ApiPort = None,
    management_port: ManagementPort = None,
    mlflow_port: MlflowPort = None,
    foreground: Annotated[
        bool, typer.Option("--foreground", help="Stay in the terminal; Ctrl-C stops everything.")
    ] = False,
) -> None:
    """Start the stack in the background; return when it is ready.

    It outlives the terminal; `rookery down` stops it. If one of its parts dies, all of it
    stops, and `rookery status` says why. A file of the folder of specs that is no spec is left out:
    all else is started, and the command ends with 42.
    """
    session: Session = context.obj
    options = StartOptions(RequestedPorts(api_port, management_port, mlflow_port), session.specs)
    some_left_out = session.tell_faults()
    with ExitStack() as held:
        with session.report.step("start") as step:
            lock = claim(session.home, "rookery up --foreground" if foreground else "rookery up")
            if foreground:
                holding = supervised(session.home, lock, options, announcing(step))
                running = held.enter_context(holding)
            else:
                start_in_background(session.home, lock, options, announcing(step))
        show_stack(session, session.stack())
        if foreground:
            with ctrl_c_ends():
                running.watch()
    if some_left_out:
        raise typer.Exit(Refused.exit_code)


def ensure_up(session: Session) -> Stack:
    """Returns the stack of the folder, up; starts it in the background if none is.

    Raises:
        Refused: the stack that is up serves another folder of specs than the one named.
        Unavailable: a part does not start.
    """
    if holder(session.home.lock) is None:
        with session.report.step("start") as step:
            try:
                lock = claim(session.home, "rookery run")
            except Refused:
                if holder(session.home.lock) is None:
                    raise
                step.conclude("another process has begun to")
            else:
                options = StartOptions(specs=session.specs)
                start_in_background(session.home, lock, options, announcing(step))
    await_rest(session)
    return session.stack()


def await_rest(session: Session) -> None:
    """Waits while another process starts or stops the stack of the folder."""
    if under_way := change_under_way(session):
        with session.report.step(f"wait for the stack that is {under_way}"):
            poll_until(
                lambda: None if change_under_way(session) else True,
                CHANGE,
                lambda: f"it is {under_way} for {CHANGE.seconds:.0f} s; see `rookery status`",
            )


def change_under_way(session: Session) -> str:
    """Says whether a process is `starting` or `stopping` the stack of the folder; else empty."""
    found = holder(session.home.lock)
    return "" if found is None or found.state == "up" else found.state


def announcing(step: Step) -> Announce:
    """Makes the function that reports each part that is ready to the step."""
    ready: set[str] = set()

    def announce(part: str, seconds: float) -> None:
        if part == PARTS[0]:
            # Also where all of them are started again, on other ports.
            ready.clear()
        ready.add(part)
        step.advance(len(ready), len(PARTS), f"{part} ({seconds:.1f} s)")

    return announce


def show_stack(session: Session, stack: Stack) -> bool:
    """Shows the parts and the models; returns whether every part answers."""
    answers = show_parts(session.console, stack)
    show_models_of(session.console, stack.addresses.api_url)
    return answers


def supervise(
    context: typer.Context,
    lock: Annotated[int, typer.Option(min=3, help="The open file of the folder's lock.")],
    api_port: ApiPort = None,
    management_port: ManagementPort = None,
    mlflow_port: MlflowPort = None,
) -> None:
    """Keep the stack up until SIGTERM; `up` starts this in the background."""
    session: Session = context.obj
    event_logs.configure()
    # Otherwise the probes would fill the log.
    logging.getLogger("httpx").setLevel(logging.WARNING)
    log = structlog.get_logger()

    def announce(part: str, seconds: float) -> None:
        log.info(PART_READY, part=part, seconds=round(seconds, 2))

    def job() -> None:
        options = StartOptions(
            RequestedPorts(api_port, management_port, mlflow_port), session.specs
        )
        held = FolderLock.inherited(session.home.lock, lock)
        with supervised(session.home, held, options, announce) as running:
            log.info(STACK_READY)
            running.watch()

    sys.exit(run_job(job))


def down(context: typer.Context) -> None:
    """Stop the stack and its jobs; data, models and logs stay."""
    session: Session = context.obj
    with session.report.step("stop") as step:
        if not stop_in_background(session.home):
            step.conclude("nothing was up")


def status(context: typer.Context) -> None:
    """Show the parts, whether they answer, and the models.

    Exits with 0 if every part answers, otherwise with 3.
    """
    session: Session = context.obj
    stack = running_stack(session.home)
    if stack is not None and show_stack(session, stack):
        return
    if stack is None:
        session.say(absence(session.home))
        if left := marked(session.home.root):
            pids = ", ".join(str(process.pid) for process in left)
            session.say(f"processes {pids} are left of it; `rookery down` stops them")
    raise typer.Exit(NOT_UP)


def logs(
    context: typer.Context,
    part: Annotated[
        str | None, typer.Argument(help="A part or job; all of them if not given.")
    ] = None,
    lines: Annotated[int, typer.Option("-n", "--lines", min=1, help="Lines per log.")] = 20,
    follow: Annotated[
        bool, typer.Option("-f", "--follow", help="Print what is appended, until Ctrl-C.")
    ] = False,
) -> None:
    """Print the end of the logs of the parts and of the last jobs."""
    session: Session = context.obj
    known = {path.stem: path for path in sorted(session.home.logs.glob("*.log"))}
    if part is not None and part not in known:
        raise Refused(f"there is no log {part!r}; logs: {sorted(known) or 'none yet'}")
    chosen = {part: known[part]} if part else known
    for name, path in chosen.items():
        if not part:
            session.say(f"==> {name} <==")
        session.say("\n".join(log_tail(path, lines)))
    streams = [path.open(errors="replace") for path in chosen.values()] if follow else []
    for stream in streams:
        stream.seek(0, 2)
    sizes: dict[TextIO, int] = {}
    while follow:
        for stream in streams:
            # A long log was moved aside and begins again.
            if os.fstat(stream.fileno()).st_size < sizes.get(stream, 0):
                stream.seek(0)
            sizes[stream] = os.fstat(stream.fileno()).st_size
            if fresh := stream.read():
                session.say(fresh.rstrip("\n"))
        time.sleep(FOLLOW_SECONDS)
