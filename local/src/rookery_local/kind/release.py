"""The Helm release: its state, its objects, and the command that installs or upgrades it."""

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
"""The states in which an upgrade can start."""


class Release:
    """The release `rookery` in one namespace of one context."""

    def __init__(self, context: str, namespace: str, chart: Path = CHART) -> None:
        self._where = ("--kube-context", context, "--namespace", namespace)
        self._chart = str(chart)
        self._opening = chart / "kind.yaml"

    def state(self) -> str | None:
        """Reads the state from Helm, such as `deployed` or `failed`; None if it is not installed.

        Raises:
            Refused: another helm works on it, or was killed while it did.
            ProgramFailed: helm does not reach the cluster.
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
            f"does: `helm {recovery(revisions)} {' '.join(self._where)}`, then again"
        )

    def manifest(self) -> list[Any]:
        """Reads the objects of the present revision."""
        return list(
            yaml.safe_load_all(programs.output("helm", "get", "manifest", NAME, *self._where))
        )

    def command(self, state: str | None, values: Path | None = None) -> list[str]:
        """Writes the command that installs the release, or upgrades it and keeps its values.

        An upgrade adds those of the file `values` to them.
        """
        wait = ["--wait", "--wait-for-jobs", "--timeout", TIMEOUT]
        if state is None:
            return [
                *("helm", "install", NAME, self._chart, *self._where),
                *("--create-namespace", "--values", str(self._opening), *wait),
            ]
        upgrade = ("helm", "upgrade", NAME, self._chart, *self._where)
        added = [] if values is None else ["--values", str(values)]
        return [*upgrade, "--reset-then-reuse-values", *added, *wait]

    def opening(self, state: str | None) -> Path | None:
        """Names the values that open a release on a kind cluster, where an upgrade has to add them.

        A release that says itself who may call keeps what it says. One of the first version does
        not, and an upgrade would close what was open in it.
        """
        if state is None:
            return None
        told = programs.output("helm", "get", "values", NAME, "--output", "json", *self._where)
        given = json.loads(told) or {}
        return None if "access" in given.get("api", {}) else self._opening

    def require_chart(self) -> None:
        """Checks that the chart is the one that the release was made from.

        Raises:
            Refused: there is no chart, or one of another version; an upgrade would change it all.
        """
        path = Path(self._chart) / "Chart.yaml"
        try:
            version = yaml.safe_load(path.read_text())["version"]
        except FileNotFoundError:
            raise Refused(
                f"there is no chart at {self._chart}; run it in the folder of Rookery's checkout, "
                "name the chart with --chart, or write the values with --print"
            ) from None
        listed = ("helm", "list", "--output", "json", "--filter", f"^{NAME}$", *self._where)
        for each in json.loads(programs.output(*listed)):
            if each["chart"] != f"{CHART.name}-{version}":
                raise Refused(
                    f"the release is of chart {each['chart']}, {self._chart} is of version "
                    f"{version}; upgrade the release first, or name its own chart with --chart"
                )

    def images(self) -> list[str]:
        """Lists the images that the pods of the chart run on a kind cluster."""
        opened = ("--values", str(self._opening))
        rendered = programs.output("helm", "template", NAME, self._chart, *opened)
        return sorted(set(images(yaml.safe_load_all(rendered))))


def recovery(revisions: Sequence[Mapping[str, Any]]) -> str:
    """Writes the helm command that recovers from a helm that was killed.

    It rolls back to the last good revision by its number, because the one before the last may be
    bad too. If no revision was good, it uninstalls the release.
    """
    good = [each["revision"] for each in revisions if each["status"] in {"deployed", "superseded"}]
    return f"rollback {NAME} {good[-1]}" if good else f"uninstall {NAME}"


def images(node: Any) -> Iterator[str]:
    """Finds every `image:` of a container in these manifests."""
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
