"""What memory is left: the least that a control group or the machine allows."""

from pathlib import Path

import pytest

from rookery_runtime.reading.memory import memory_left

MIB = 1024 * 1024


def machine(folder: Path, groups: str, available: int = 4096) -> tuple[Path, Path]:
    """A machine's folders: of control groups, and of processes."""
    process = folder / "proc"
    (process / "self").mkdir(parents=True)
    (process / "meminfo").write_text(f"MemTotal: 9 kB\nMemAvailable: {available * 1024} kB\n")
    (process / "self" / "cgroup").write_text(groups)
    return folder / "cgroup", process


def group(folder: Path, limit: str, usage: int, files: int, version: int) -> None:
    """A control group's files."""
    folder.mkdir(parents=True, exist_ok=True)
    names = (
        ("memory.max", "memory.current")
        if version == 2
        else (
            "memory.limit_in_bytes",
            "memory.usage_in_bytes",
        )
    )
    (folder / names[0]).write_text(f"{limit}\n")
    (folder / names[1]).write_text(f"{usage * MIB}\n")
    text = "inactive_file {}\n" if version == 2 else "total_inactive_file {}\n"
    (folder / "memory.stat").write_text(text.format(files * MIB))


def test_without_a_limit_it_is_what_the_machine_has(tmp_path: Path) -> None:
    root, process = machine(tmp_path, "0::/\n")

    assert memory_left(root, process) == 4096 * MIB


@pytest.mark.parametrize("version", [1, 2])
def test_a_container_leaves_its_limit_without_what_it_uses(tmp_path: Path, version: int) -> None:
    line = "0::/\n" if version == 2 else "4:cpu,cpuacct:/\n3:memory:/docker/abc\n"
    root, process = machine(tmp_path, line)
    # As in a container: the path is the host's, and only its own root is there.
    group(root if version == 2 else root / "memory", str(1024 * MIB), 300, 100, version)

    assert memory_left(root, process) == (1024 - 300 + 100) * MIB


@pytest.mark.parametrize("version", [1, 2])
def test_the_least_of_all_groups_above_counts(tmp_path: Path, version: int) -> None:
    line = "0::/outer/inner\n" if version == 2 else "3:memory:/outer/inner\n"
    root, process = machine(tmp_path, line)
    base = root if version == 2 else root / "memory"
    none = "max" if version == 2 else str((1 << 63) - 4096)
    group(base / "outer", str(500 * MIB), 400, 0, version)
    group(base / "outer" / "inner", none, 100, 0, version)

    assert memory_left(root, process) == 100 * MIB


def test_never_less_than_nothing(tmp_path: Path) -> None:
    root, process = machine(tmp_path, "0::/\n")
    group(root, str(10 * MIB), 20, 0, 2)

    assert memory_left(root, process) == 0
