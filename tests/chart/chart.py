"""The chart, rendered by Helm: the same values once per run."""

import json
import subprocess
from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import yaml
from tests.chart.manifests import Object, parse
from tests.some import some

ROOT = Path(__file__).parents[2]
CHART = ROOT / "charts" / "rookery"
RELEASE = "rookery"
NAMESPACE = "penguins"
KUBERNETES = "1.34.0"

Values = Mapping[str, object]


@dataclass(frozen=True)
class Chart:
    """One Helm and a chart: by default that of this checkout."""

    helm: Path
    home: Path
    """A folder for Helm's own files, empty at first."""
    folder: Path = CHART
    """The chart's folder."""
    _rendered: dict[str, tuple[int, str]] = field(default_factory=dict)
    _parsed: dict[str, list[Object]] = field(default_factory=dict)

    @cached_property
    def version(self) -> str:
        """Such as `v4.3.1`."""
        return self._run("version", "--template", "{{.Version}}", text="")[1].strip()

    def render(self, values: Values, release: str = RELEASE) -> list[Object]:
        """The objects of the release with these values, as the caller's own."""
        text = self.text(values, release)
        if text not in self._parsed:
            self._parsed[text] = some(parse(text))
        return deepcopy(self._parsed[text])

    def text(self, values: Values, release: str = RELEASE) -> str:
        """As `render`, as Helm prints it."""
        code, said = self._template(values, release)
        assert code == 0, said
        return said

    def refusal(self, values: Values) -> str:
        """What Helm says; it must not render."""
        code, said = self._template(values, RELEASE)
        assert code != 0, f"rendered all the same: {values}"
        return said

    def lint(self, values: Values) -> tuple[int, str]:
        """The exit code and the output of a strict lint."""
        options = ["--strict", "--kube-version", KUBERNETES]
        return self._run("lint", str(self.folder), *options, "-f", "-", text=_yaml(values))

    def notes(self, values: Values) -> str:
        """What Helm prints at the end of an installation."""
        options = ["--dry-run=client", "--namespace", NAMESPACE, "-f", "-"]
        code, said = self._run("install", RELEASE, str(CHART), *options, text=_yaml(values))
        assert code == 0, said
        return said.split("NOTES:")[1]

    def show(self, what: str, *options: str) -> str:
        """What `helm show` says of the chart."""
        return self._run("show", what, str(self.folder), *options, text="")[1]

    def _template(self, values: Values, release: str) -> tuple[int, str]:
        key = json.dumps([release, values], sort_keys=True)
        if key not in self._rendered:
            options = ["--namespace", NAMESPACE, "--kube-version", KUBERNETES]
            self._rendered[key] = self._run(
                "template", release, str(self.folder), *options, "-f", "-", text=_yaml(values)
            )
        return self._rendered[key]

    def _run(self, *arguments: str, text: str) -> tuple[int, str]:
        done = subprocess.run(
            [self.helm, *arguments],
            input=text,
            env={"HOME": str(self.home)},
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        return done.returncode, done.stdout if done.returncode == 0 else done.stderr


def merged(*layers: Values) -> dict[str, object]:
    """Later values over earlier ones, as Helm merges its files."""
    made: dict[str, object] = {}
    for layer in layers:
        for key, value in layer.items():
            below = made.get(key)
            both = isinstance(below, Mapping) and isinstance(value, Mapping)
            made[key] = merged(below, value) if both else value  # type: ignore[arg-type]
    return made


def nested(path: str, value: object) -> dict[str, object]:
    """`nested("a.b", 1)` is `{"a": {"b": 1}}`."""
    for key in reversed(path.split(".")):
        value = {key: value}
    assert isinstance(value, dict)
    return value


def _yaml(values: Values) -> str:
    return yaml.safe_dump(dict(values), sort_keys=False)
