"""The Helm release: what is installed, and how helm is told to make it what it should be."""

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from rookery_core.errors import Refused
from rookery_local.kind import programs

NAME = "rookery"
CHART = Path("charts/rookery")
TIMEOUT = "15m"
STEADY = frozenset({"deployed", "failed", "superseded"})
"""States from which an upgrade can start."""


class Release:
    """The release `rookery` in one namespace of one context."""

    def __init__(self, context: str, namespace: str, chart: Path = CHART) -> None:
        self._where = ("--kube-context", context, "--namespace", namespace)
        self._chart = str(chart)

    def state(self) -> str | None:
        """Helm's word for it, as `deployed` or `failed`; None where it is not installed.

        Raises:
            Refused: where another helm works on it, or one was killed while it did.
            ProgramFailed: where helm does not reach the cluster.
        """
        history = (NAME, "--output", "json", *self._where)
        try:
            programs.output("helm", "status", NAME, *self._where)
        except programs.ProgramFailed as error:
            if "not found" in str(error):
                return None
            raise
        revisions = json.loads(programs.output("helm", "history", *history))
        state = str(revisions[-1]["status"])
        if state in STEADY:
            return state
        raise Refused(
            f"the release is {state!r}: another helm works on it, or one was killed. Where none "
            f"does: `helm {way_out(revisions)} {' '.join(self._where)}`, then again"
        )

    def manifest(self) -> list[Any]:
        """The objects of the revision of now."""
        return list(
            yaml.safe_load_all(programs.output("helm", "get", "manifest", NAME, *self._where))
        )

    def command(self, state: str | None) -> list[str]:
        """What is to be run: `helm install`, or where it is installed, an upgrade that keeps the
        values it has."""
        wait = ["--wait", "--wait-for-jobs", "--timeout", TIMEOUT]
        if state is None:
            return [
                *("helm", "install", NAME, self._chart, *self._where),
                *("--create-namespace", *wait),
            ]
        upgrade = ("helm", "upgrade", NAME, self._chart, *self._where)
        return [*upgrade, "--reset-then-reuse-values", *wait]

    def images(self) -> list[str]:
        """The name of every image that the chart's pods run, by its default values."""
        rendered = programs.output("helm", "template", NAME, self._chart)
        return sorted(set(images(yaml.safe_load_all(rendered))))


def way_out(revisions: Sequence[Mapping[str, Any]]) -> str:
    """What ends a state in which helm was killed: back to the last revision that was good, by its
    number, for the one before the last may be bad too; uninstalled only where none was good."""
    good = [each["revision"] for each in revisions if each["status"] in {"deployed", "superseded"}]
    return f"rollback {NAME} {good[-1]}" if good else f"uninstall {NAME}"


def images(node: Any) -> Iterator[str]:
    """Every `image:` of the containers in these manifests."""
    if isinstance(node, dict):
        for key in ("containers", "initContainers"):
            for container in node.get(key) or []:
                yield str(container["image"])
        children: Any = node.values()
    elif isinstance(node, str) or not hasattr(node, "__iter__"):
        return
    else:
        children = node
    for child in children:
        yield from images(child)
