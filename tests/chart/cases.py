"""The values that the tests render: the default, and one file for each way of installing."""

from collections.abc import Mapping
from pathlib import Path

import yaml
from tests.chart.chart import CHART, ROOT, Values
from tests.some import some

SWITCHED = ("api", "ingress", "pipeline", "notebook")
"""Parts that nothing else stands on; the files say what takes the place of the others."""
EXAMPLES = CHART / "examples"
FOLDER = Path(__file__).parent / "values"


def _read(path: Path) -> Values:
    read: Values = yaml.safe_load(path.read_text(encoding="utf-8"))
    return read


def _wine() -> Values:
    """As `--set-file` gives a model of one's own."""
    spec, data = ((ROOT / "examples" / file).read_text() for file in ("wine.yaml", "wine.csv"))
    return {"global": {"models": {"wine": {"spec": spec, "data": data}}}}


CASES: dict[str, Values] = {
    "default": {},
    "own-model": _wine(),
    "kind": _read(CHART / "kind.yaml"),
    **{f"without-{part}": {part: {"enabled": False}} for part in SWITCHED},
    **{path.stem: _read(path) for path in some(sorted((FOLDER / "good").glob("*.yaml")))},
    **{f"example-{path.stem}": _read(path) for path in some(sorted(EXAMPLES.glob("*.yaml")))},
}

REFUSED: dict[str, tuple[str, Values]] = {
    path.stem: (path.read_text(encoding="utf-8").splitlines()[0].removeprefix("# "), _read(path))
    for path in some(sorted((FOLDER / "refused").glob("*.yaml")))
}
"""What Helm has to say of them, and the values."""


def has(values: Values, *path: str) -> bool:
    """Whether an installation with these values has the part, such as `ingress`, `traefik`."""
    inner: object = values
    for key in path:
        inner = inner.get(key, {}) if isinstance(inner, Mapping) else {}
        if isinstance(inner, Mapping) and inner.get("enabled", True) is False:
            return False
    return True


SECRETS: Values = _read(FOLDER / "secrets.yaml")
"""Every secret given: nothing is random."""

EXISTING: Values = _read(FOLDER / "existing.yaml")
"""Every Secret there already: nothing is random, and nothing given (whose checksum is slow)."""
