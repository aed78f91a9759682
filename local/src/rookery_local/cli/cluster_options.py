"""Options that the commands for a cluster share."""

import shutil
import sys
from pathlib import Path
from typing import Annotated

import typer

CONFIG = Path("kind-config.yaml")

Context = Annotated[
    str | None,
    typer.Option("--context", help="The context of the kubeconfig; the current one if not given."),
]
InNamespace = Annotated[
    str | None,
    typer.Option("--namespace", "-n", help="The namespace; that of the context if not given."),
]
Config = Annotated[
    Path, typer.Option("--config", help="The file that describes the cluster to kind.")
]


def program() -> str:
    """Names this program so that the person's shell finds it."""
    called = Path(sys.argv[0])
    return called.name if shutil.which(called.name) == str(called) else str(called)
