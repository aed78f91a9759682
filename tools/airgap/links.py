"""Where a shell finds the programs: one folder of ours, and the usual place for what is missing."""

import os
import shutil
from collections.abc import Mapping
from pathlib import Path

USUAL = Path("/usr/local/bin")


def ensure(folder: Path, programs: Mapping[str, Path], usual: Path = USUAL) -> None:
    """`folder` names exactly these programs, and `usual` those that the PATH had not."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for name, program in programs.items():
        (folder / name).symlink_to(program)
        place = usual / name
        if is_ours(place, folder):
            place.unlink()
        if shutil.which(name, path=_path_without(folder)) is None and os.access(usual, os.W_OK):
            place.symlink_to(folder / name)


def remove(folder: Path, usual: Path = USUAL) -> None:
    """No link of ours is left."""
    for place in usual.iterdir() if usual.is_dir() else ():
        if is_ours(place, folder):
            place.unlink()
    shutil.rmtree(folder, ignore_errors=True)


def is_ours(place: Path, folder: Path) -> bool:
    """Whether it is a link to something that this package keeps; dangling ones count."""
    return place.is_symlink() and place.readlink().is_relative_to(folder.parent)


def _path_without(folder: Path) -> str:
    return os.pathsep.join(
        each for each in os.environ.get("PATH", "").split(os.pathsep) if each != str(folder)
    )
