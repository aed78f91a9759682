"""A stack in the background: its supervisor is a process without a terminal."""

import os
import signal
import subprocess
import sys
import threading
import time
from contextlib import closing

from rookery_core.errors import Refused, RookeryError, Unavailable
from rookery_local.folder.holder import Holder
from rookery_local.folder.home import Home
from rookery_local.folder.lock import FolderLock, holder
from rookery_local.process.child_process import POLL_SECONDS
from rookery_local.process.events import (
    FAILED,
    PART_READY,
    STACK_READY,
    Event,
    Events,
    failure_reason,
)
from rookery_local.stack.leftovers import stop_leftovers
from rookery_local.stack.stack import Announce
from rookery_local.stack.supervisor import StartOptions

STOP_SECONDS = 90.0


def start_in_background(
    home: Home, lock: FolderLock, options: StartOptions, announce: Announce
) -> None:
    """Starts a supervisor, hands the folder's lock to it, and waits until the stack is up.

    The supervisor outlives this process and the terminal.

    Raises:
        Refused: a server still uses the folder's data, or a requested port is in use.
        Unavailable: a part does not start.
    """
    # While the lock is held, no other supervisor writes to the log.
    with closing(lock):
        home.prepare()
        events = Events(home.log("supervisor"))
        supervisor = _launched(home, lock, options)
    try:
        _follow(supervisor, events, announce, home)
    except BaseException:
        # After Ctrl-C during the start, the stack must not come up later by itself.
        supervisor.terminate()
        supervisor.wait(STOP_SECONDS)
        raise
    # A program that lives on, such as a notebook, takes note of the supervisor's end.
    threading.Thread(target=supervisor.wait, daemon=True).start()


def _launched(home: Home, lock: FolderLock, options: StartOptions) -> "subprocess.Popen[bytes]":
    log = home.log("supervisor")
    descriptor = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        return subprocess.Popen(
            _command(home, lock, options),
            cwd=home.root,
            stdin=subprocess.DEVNULL,
            stdout=descriptor,
            stderr=descriptor,
            pass_fds=[lock.descriptor],
            start_new_session=True,
        )
    finally:
        os.close(descriptor)


def stop_in_background(home: Home) -> bool:
    """Stops everything of the folder's stack; returns whether anything ran.

    Raises:
        Refused: the stack is another user's, or runs on another machine or in another container.
        Unavailable: it does not end.
    """
    if not home.root.is_dir():
        return False
    lock = FolderLock(home.lock)
    found = holder(home.lock)
    if found is not None:
        _terminate(found)
    if not lock.take(STOP_SECONDS):
        raise Unavailable(
            f"the stack in {home.root} does not end ({holder(home.lock)}); stop that process by "
            "SIGKILL"
        )
    with closing(lock):
        return stop_leftovers(home.root) > 0 or found is not None


def _terminate(found: Holder) -> None:
    if found.is_foreign:
        raise Refused(f"the stack is that of another machine or container: {found}; stop it there")
    try:
        os.kill(found.pid, signal.SIGTERM)
    except ProcessLookupError:
        # The supervisor has ended, and its reaper is stopping the rest.
        return
    except PermissionError:
        raise Refused(f"the stack is another person's: {found}; stop it as that person") from None


def _command(home: Home, lock: FolderLock, options: StartOptions) -> list[str]:
    # -I: it runs in a folder of data and must not import anything from there.
    command = [sys.executable, "-I", "-m", "rookery_local", "--home", str(home.root)]
    if options.specs:
        command += ["--specs", str(options.specs.absolute())]
    command += ["supervise", "--lock", str(lock.descriptor)]
    for option, port in (
        ("--api-port", options.ports.api),
        ("--management-port", options.ports.management),
        ("--mlflow-port", options.ports.mlflow),
    ):
        if port is not None:
            command += [option, str(port)]
    return command


def _follow(
    supervisor: "subprocess.Popen[bytes]", events: Events, announce: Announce, home: Home
) -> None:
    while True:
        ended = supervisor.poll()
        for event in events.read():
            if event["event"] == PART_READY:
                announce(str(event["part"]), float(event["seconds"]))
            elif event["event"] == STACK_READY:
                return
            elif event["event"] == FAILED:
                raise _failure(event, home)
        if ended is not None:
            raise Unavailable(
                f"the supervisor ended with exit code {ended}; see {home.log('supervisor')}"
            )
        time.sleep(POLL_SECONDS)


def _failure(event: Event, home: Home) -> RookeryError:
    reason = failure_reason(event)
    if "reason" not in event:
        log = home.log("supervisor")
        return Unavailable(f"the supervisor failed: {reason or 'it says no more'}; see {log}")
    return Refused(reason) if event["exit"] == Refused.exit_code else Unavailable(reason)
