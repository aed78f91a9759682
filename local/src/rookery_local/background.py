"""A stack in the background: its supervisor as a process apart from the terminal."""

import os
import signal
import subprocess
import sys
import time

from rookery_core.errors import Refused, RookeryError, Unavailable
from rookery_local.events import FAILED, PART_READY, STACK_READY, Events
from rookery_local.home import Home
from rookery_local.leftovers import stop_leftovers
from rookery_local.lock import StackLock, holder
from rookery_local.process import POLL_SECONDS
from rookery_local.stack import Announce
from rookery_local.supervisor import Wishes

STOP_SECONDS = 90.0


def start_in_background(home: Home, wishes: Wishes, announce: Announce) -> None:
    """The stack is up, held by a process that outlives this one and the terminal.

    Raises:
        Refused: where another stack of the folder is up, or a demanded port is taken.
        Unavailable: where a part does not start.
    """
    home.prepare()
    log = home.log("supervisor")
    events = Events(log)
    descriptor = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        supervisor = subprocess.Popen(
            _command(home, wishes),
            cwd=home.root,
            stdin=subprocess.DEVNULL,
            stdout=descriptor,
            stderr=descriptor,
            start_new_session=True,
        )
    finally:
        os.close(descriptor)
    try:
        _follow(supervisor, events, announce, home)
    except BaseException:
        # Ctrl-C while it starts: nobody wants a stack that comes up later by itself.
        supervisor.terminate()
        supervisor.wait(STOP_SECONDS)
        raise


def stop_in_background(home: Home) -> bool:
    """Nothing of the folder's stack runs; returns whether anything did.

    Raises:
        Refused: where the stack is another person's.
        Unavailable: where it does not end.
    """
    if not home.root.is_dir():
        return False
    lock = StackLock(home.lock)
    was_up = holder(home.lock) is not None
    if was_up:
        _terminate(holder(home.lock))
    if not lock.take(STOP_SECONDS):
        raise Unavailable(
            f"the stack in {home.root} does not end; stop process {holder(home.lock)} by SIGKILL"
        )
    try:
        return stop_leftovers(home.root) > 0 or was_up
    finally:
        lock.release()


def _terminate(pid: int | None) -> None:
    if pid is None:
        return
    try:
        os.kill(pid, signal.SIGTERM)
    except ProcessLookupError:
        # The supervisor has ended; its guard is still at work.
        return
    except PermissionError:
        raise Refused(f"process {pid} is another person's; stop the stack as that person") from None


def _command(home: Home, wishes: Wishes) -> list[str]:
    # -P: the folder it runs in is data, nothing is imported from there.
    command = [sys.executable, "-P", "-m", "rookery_local", "--home", str(home.root)]
    if wishes.specs:
        command += ["--specs", str(wishes.specs.absolute())]
    command.append("supervise")
    for option, port in (
        ("--api-port", wishes.ports.api),
        ("--management-port", wishes.ports.management),
        ("--mlflow-port", wishes.ports.mlflow),
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
                raise _failure(str(event["reason"]), int(event["exit"]))
        if ended is not None:
            raise Unavailable(
                f"the supervisor ended with exit code {ended}; see {home.log('supervisor')}"
            )
        time.sleep(POLL_SECONDS)


def _failure(reason: str, code: int) -> RookeryError:
    return Refused(reason) if code == Refused.exit_code else Unavailable(reason)
