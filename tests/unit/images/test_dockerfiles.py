"""What the Dockerfiles promise each other, and what every image keeps."""

import re
from pathlib import Path

import pytest
from tests.some import some
from tools.checkout import ROOT

DOCKERFILES = sorted([*ROOT.glob("services/*/Dockerfile"), *ROOT.glob("images/*/Dockerfile")])


def stages(dockerfile: Path) -> list[str]:
    """The text of each stage, without comments."""
    text = re.sub(r"^#.*\n", "", dockerfile.read_text(), flags=re.MULTILINE)
    return [each.strip() for each in re.split(r"^(?=FROM )", text, flags=re.MULTILINE) if each]


def test_mlflow_trainer_and_notebook_share_their_third_parties() -> None:
    trainer = stages(ROOT / "services/trainer/Dockerfile")
    mlflow = stages(ROOT / "services/mlflow/Dockerfile")
    notebook = stages(ROOT / "images/notebook/Dockerfile")

    assert mlflow[0] == trainer[0] == notebook[0]
    assert trainer[1] == notebook[1]


@pytest.mark.parametrize("layered", ["services/trainer", "services/mlflow", "images/notebook"])
def test_shared_layers_are_copied_first(layered: str) -> None:
    last = stages(ROOT / layered / "Dockerfile")[-1].splitlines()

    assert last[1] == "COPY --from=tracking /opt/rookery /opt/rookery"


@pytest.mark.parametrize("dockerfile", DOCKERFILES, ids=lambda path: path.parent.name)
def test_the_last_stage_has_a_number_for_a_user_and_runs_nothing_of_a_package_manager(
    dockerfile: Path,
) -> None:
    last = stages(dockerfile)[-1]

    assert re.search(r"^USER \d+:\d+$", last, re.MULTILINE)
    assert re.search(r'^ENTRYPOINT \["', last, re.MULTILINE)
    assert not re.search(r"\b(pip|apt|apt-get|go) ", last)
    assert ":latest" not in dockerfile.read_text()


def pins(name: str) -> dict[str, set[str]]:
    """The versions of each package in a file of requirements."""
    found: dict[str, set[str]] = {}
    text = (ROOT / "requirements" / f"{name}.txt").read_text()
    for package, version in some(re.findall(r"^(\S+?)==(\S+)", text, re.MULTILINE)):
        found.setdefault(package, set()).add(version)
    return found


@pytest.mark.parametrize(("below", "above"), [("mlflow", "trainer"), ("trainer", "notebook")])
def test_a_layer_pins_what_the_layer_below_pins(below: str, above: str) -> None:
    lower, upper = pins(below), pins(above)

    assert {name: upper[name] for name in lower.keys() & upper} == {
        name: lower[name] for name in lower.keys() & upper
    }
    assert len(lower.keys() & upper) > 0.9 * len(lower)


@pytest.mark.parametrize("service", ["api", "ingest", "trainer"])
def test_a_service_works_in_an_empty_folder(service: str) -> None:
    last = stages(ROOT / f"services/{service}/Dockerfile")[-1]

    (folder,) = re.findall(r"^WORKDIR (\S+)$", last, re.MULTILINE)
    assert folder == "/empty"
    assert last.count(folder) == 1
