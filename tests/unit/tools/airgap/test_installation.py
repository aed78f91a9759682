import io
from pathlib import Path

import pytest
from tests.unit.tools.support.fake_engine import Images
from tools.airgap.installation import Installation
from tools.airgap.machine import Machine
from tools.airgap.node_image import NAME
from tools.airgap.programs import PROGRAMS
from tools.cache import Cache
from tools.failure import ToolError
from tools.progress import Progress

HELM = """#!/bin/sh
[ "$1" = template ] && echo "image: valkey:9"
"""


def installation(root: Path, dockerfile: str) -> Installation:
    """Of a checkout with one service, on a machine without an engine and without root."""
    place = root / "checkout" / "services" / "api" / "Dockerfile"
    place.parent.mkdir(parents=True)
    place.write_text(dockerfile)
    cache = Cache(root / "cache")
    progress = Progress(cache.root / "log", io.StringIO())
    return Installation(cache, Machine(False, (), None, root=False), root / "checkout", progress)


def program(place: Path, text: str = "#!/bin/sh\n") -> None:
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text(text)
    place.chmod(0o755)


@pytest.fixture(autouse=True)
def _no_engine(engine_images: Images) -> None:
    """The client on the PATH reaches none."""


def test_an_image_without_a_stand_in_stops_before_the_first_step(tmp_path: Path) -> None:
    made = installation(tmp_path, "FROM redis:8\n")

    with pytest.raises(ToolError, match="no stand-in for redis:8"):
        made.up()

    assert made.progress.times == []
    assert [each.name for each in made.cache.root.iterdir()] == ["log"]


def test_one_that_the_chart_alone_names_stops_it_once_there_is_a_helm(
    tmp_path: Path, engine_images: Images
) -> None:
    made = installation(tmp_path, "FROM python:3.13-slim-trixie\n")
    built = next(each for each in PROGRAMS if each.name == "helm")
    program(made.cache.path("helm", built.key()) / "helm", HELM)
    engine_images.answer()

    with pytest.raises(ToolError, match="no stand-in for valkey:9"):
        made.up()

    assert [name.partition(":")[0] for name, _ in made.progress.times] == ["engine", "helm"]
    assert isinstance(made.progress.out, io.StringIO)
    assert "this machine's own, as it is" in made.progress.out.getvalue()


def test_the_list_of_images_says_what_it_leaves_out_without_a_helm(tmp_path: Path) -> None:
    made = installation(tmp_path, "FROM python:3.13-slim-trixie\n")
    assert isinstance(made.progress.out, io.StringIO)

    made.images()
    without = made.progress.out.getvalue().splitlines()
    program(made.bin / "helm", HELM.replace("valkey:9", "postgres:18.6-trixie"))
    made.progress.out.truncate(0)
    made.images()

    assert without[0].startswith("without what the chart alone names")
    assert len(without) == 2
    assert "without" not in made.progress.out.getvalue()
    assert "postgres:18.6-trixie" in made.progress.out.getvalue()


def test_without_root_and_an_engine_it_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(ToolError, match="only root can start one: start yours"):
        installation(tmp_path, "FROM python:3.13-slim-trixie\n").up()


def test_a_shell_is_told_of_programs_and_node_image_once_both_are_there(
    tmp_path: Path, engine_images: Images
) -> None:
    made = installation(tmp_path, "")

    assert made.environment() == {}
    program(made.bin / "kind")
    assert made.environment() == {}
    engine_images.add(NAME, {})

    told = made.environment()
    assert told["KIND_NODE_IMAGE"] == NAME
    assert told["PATH"].split(":")[0] == str(made.bin)
