"""A model that is added to a release, with a small program in place of helm."""

import io
from pathlib import Path

import pytest
import yaml
from rich.console import Console
from tests.unit.local.support.shell_programs import write_program
from tools.checkout import ROOT

from rookery_core.errors import Refused
from rookery_local.cluster.namespace import Namespace
from rookery_local.console.report import ProgressLines
from rookery_local.kind.model_addition import ModelAddition, add, read_spec, require_upgradable
from rookery_local.kind.release import Release

WINE = ROOT / "examples" / "wine.yaml"
ADDITION = ModelAddition("wine", WINE.read_text())
HELM = """case "$1" in
  status) if [ -e absent ]; then echo "Error: release: not found" >&2; exit 1; fi ;;
  history) echo '[{"status": "deployed"}]' ;;
  list) echo '[{"name": "rookery", "chart": "rookery-1.2.3"}]' ;;
  upgrade) echo "$*" > called; while [ "$1" != --values ]; do shift; done; cp "$2" values.yaml ;;
esac"""


@pytest.fixture
def release(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Release:
    """A release of chart version 1.2.3; helm keeps the values that an upgrade gets."""
    write_program(tmp_path, "helm", HELM)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    monkeypatch.chdir(tmp_path)
    chart(tmp_path, "1.2.3")
    return Release("kind-penguins", "ml", tmp_path / "chart")


def chart(folder: Path, version: str) -> None:
    (folder / "chart").mkdir(exist_ok=True)
    (folder / "chart" / "Chart.yaml").write_text(f"name: rookery\nversion: {version}\n")


def test_the_values_hold_the_spec_as_it_was_written() -> None:
    values = ADDITION.values

    assert yaml.safe_load(values) == {"global": {"models": {"wine": {"spec": ADDITION.spec}}}}
    written = [line.strip() for line in values.splitlines()]
    assert [line for line in ADDITION.spec.splitlines() if line.strip() not in written] == []


@pytest.mark.parametrize("text", ["a: 1 \nb: 'ä'\n", 'a: "\\t"\n', "# ☃\na: 1", "a: 1\r\nb: 2\r\n"])
def test_the_values_mean_the_same_text_whatever_is_in_it(text: str) -> None:
    values = ModelAddition("churn", text).values

    assert yaml.safe_load(values)["global"]["models"]["churn"]["spec"] == text


def test_the_release_is_upgraded_with_the_model_and_keeps_its_other_values(
    release: Release, namespace: Namespace, tmp_path: Path
) -> None:
    said = io.StringIO()

    require_upgradable(release, namespace)
    add(ADDITION, release, namespace, ProgressLines(Console(file=said, width=200)))

    called = (tmp_path / "called").read_text()
    assert called.startswith(f"upgrade rookery {tmp_path}/chart --kube-context kind-penguins")
    assert "--reset-then-reuse-values --values " in called
    assert (tmp_path / "values.yaml").read_text() == ADDITION.values
    assert "helm upgrade: done" in said.getvalue()


def test_without_a_release_it_says_what_to_do(
    release: Release, namespace: Namespace, tmp_path: Path
) -> None:
    (tmp_path / "absent").touch()

    with pytest.raises(Refused, match=r"nothing is installed in namespace 'ml'.*--print"):
        require_upgradable(release, namespace)


def test_a_chart_of_another_version_would_change_everything_and_is_refused(
    release: Release, namespace: Namespace, tmp_path: Path
) -> None:
    chart(tmp_path, "1.3.0")

    with pytest.raises(Refused, match=r"of chart rookery-1\.2\.3, .* is of version 1\.3\.0"):
        require_upgradable(release, namespace)


def test_without_a_chart_it_says_where_to_get_one(
    release: Release, namespace: Namespace, tmp_path: Path
) -> None:
    (tmp_path / "chart" / "Chart.yaml").unlink()

    with pytest.raises(Refused, match=r"no chart at .*chart; .* --chart, or .* --print"):
        require_upgradable(release, namespace)


def test_data_larger_than_the_spec_allows_are_refused_before_they_are_sent(tmp_path: Path) -> None:
    spec, data = tmp_path / "wine.yaml", tmp_path / "wine.csv"
    document = yaml.safe_load(WINE.read_text())
    spec.write_text(yaml.safe_dump({**document, "source": {"url": "file:x", "max_bytes": 3}}))
    data.write_text("abcd")

    with pytest.raises(Refused, match=r"wine\.csv has 4 bytes, more than the 3 of .*max_bytes"):
        read_spec(spec, data)


def test_a_spec_that_is_not_valid_is_refused_with_its_key(tmp_path: Path) -> None:
    spec, data = tmp_path / "wine.yaml", tmp_path / "wine.csv"
    spec.write_text(WINE.read_text().replace("target: ", "traget: "))
    data.touch()

    with pytest.raises(Refused, match=r"wine\.yaml .*traget"):
        read_spec(spec, data)
    spec.write_bytes(b"name: \xe4")
    with pytest.raises(Refused, match=r"wine\.yaml is not UTF-8"):
        read_spec(spec, data)
