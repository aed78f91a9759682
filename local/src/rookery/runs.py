"""From a frame, or a file, to a served model."""

import sys
import time
from os import PathLike
from pathlib import Path

import pandas as pd
from rich.console import Console

from rookery.frames import write_frame
from rookery.served_model import ServedModel
from rookery_core.errors import Refused
from rookery_ingest.profile.names import model_name
from rookery_ingest.profile.target_decision import Task
from rookery_local.cli.run_command import run_request, show_run
from rookery_local.cli.session import Session
from rookery_local.folder.home import Home, default_home
from rookery_local.models.table_spec import TableRequest, require_name, require_table


class NotPromoted(Refused):
    """The gate rejected the best that was found, and the model has no champion yet."""


def run(
    table: pd.DataFrame | str | Path,
    target: str,
    *,
    name: str | None = None,
    estimator: str | None = None,
    trials: int | None = None,
    task: Task | None = None,
    home: str | Path | None = None,
) -> ServedModel:
    """Takes a table to a served model, as `rookery run` does, and prints how far it is.

    Again, it does what is new. The stack stays up until `stop()` of the model, or `rookery down`.

    Args:
        table: a frame, or the path of a file; the index of a frame is no column.
        target: the column to predict.
        name: the name of the model; that of the file, or of the target of a frame, if not given.
        estimator: a reviewed estimator; what the spec says if not given.
        trials: the configurations to try; 20 if not given.
        task: `classes` makes a class of each value of the target, `number` predicts a number; its
            values decide if not given.
        home: the state folder; `ROOKERY_HOME` or `.rookery` if not given.

    Raises:
        NotPromoted: the gate rejected what was found, and there is no champion; says why.
        Refused: the table, its spec or an option is wrong.
        Unavailable: a retry may help; it goes on where this ended.
    """
    begun = time.monotonic()
    session = _session(home)
    if isinstance(table, pd.DataFrame):
        named = name or model_name(target)
        path = _framed(session.home, require_name(named), table)
    else:
        path = require_table(_path(table))
        named = name or model_name(path.stem)
    stack, done = run_request(
        session, TableRequest(path, target, require_name(named), estimator, trials, task)
    )
    if done.prediction is None:
        raise NotPromoted(
            f"nothing was promoted: {done.training.reason}; the spec is {done.table_spec.path}"
        )
    show_run(session, stack, done, time.monotonic() - begun)
    return ServedModel(done.table_spec.spec, stack.addresses.api_url, session.home)


def load(name: str, *, home: str | Path | None = None) -> ServedModel:
    """Finds a model that an earlier run made, in the stack that is up.

    Raises:
        Refused: no stack is up in the folder, or it has no such model.
    """
    session = _session(home)
    stack = session.stack()
    return ServedModel(session.spec(stack, name), stack.addresses.api_url, session.home)


def _path(table: object) -> Path:
    if not isinstance(table, str | PathLike):
        kind = type(table).__name__
        raise Refused(f"a table is a pandas DataFrame, or the path of a file, and not a {kind}")
    return Path(table)


def _framed(home: Home, name: str, frame: pd.DataFrame) -> Path:
    home.prepare()
    home.frames.mkdir(mode=0o700, exist_ok=True)
    path = home.frames / f"{name}.csv"
    write_frame(frame, path)
    return path


def _session(home: str | Path | None) -> Session:
    """Makes a session whose progress are lines, which every notebook and log can show."""
    console = Console(
        file=sys.stdout, force_terminal=False, force_jupyter=False, markup=False, emoji=False
    )
    return Session(Home(Path(home) if home is not None else default_home()), None, console)
