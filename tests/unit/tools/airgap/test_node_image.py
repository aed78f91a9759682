from dataclasses import replace
from pathlib import Path

from tools.airgap.node_image import CONTROL_PLANE, INSIDE, NodeImage
from tools.airgap.programs import PROGRAMS
from tools.airgap.roots import BOOKWORM
from tools.cache import Cache

FOLDERS = {each.name: Path("steps", each.name, f"key-of-{each.name}") for each in PROGRAMS}


def node_image(root: Path) -> NodeImage:
    return NodeImage(FOLDERS, lambda: root, False, Cache(root), root / "log")


def test_a_program_inside_makes_another_node_image(tmp_path: Path) -> None:
    ordinary = node_image(tmp_path)

    changed = {
        name: replace(ordinary, programs={**FOLDERS, name: Path("steps", name, "other")}).key()
        for name in FOLDERS
    }

    # Helm is beside the cluster, and metrics-server an image of its own.
    beside = {name for name, key in changed.items() if key == ordinary.key()}
    assert beside == {"helm", "metrics-server"}
    assert len(set(changed.values())) == len(PROGRAMS) - 1


def test_a_missing_capability_makes_another_node_image(tmp_path: Path) -> None:
    ordinary = node_image(tmp_path)

    assert replace(ordinary, lacks_sys_resource=True).key() != ordinary.key()


def test_where_a_program_is_makes_no_other_node_image(tmp_path: Path) -> None:
    moved = {name: Path("/elsewhere", folder) for name, folder in FOLDERS.items()}

    assert replace(node_image(tmp_path), programs=moved).key() == node_image(tmp_path).key()


def test_every_image_of_the_control_plane_is_a_program_that_is_inside() -> None:
    assert {folder for folder, _ in CONTROL_PLANE.values()} <= set(INSIDE) <= set(FOLDERS)


def test_a_root_is_known_by_its_release_and_packages() -> None:
    others = {
        replace(BOOKWORM, release="trixie").key(),
        replace(BOOKWORM, packages=BOOKWORM.packages[1:]).key(),
        replace(BOOKWORM, image="rookery/airgap-other:1").key(),
    }

    assert len(others - {BOOKWORM.key()}) == 3
