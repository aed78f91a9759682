"""Links by which a shell finds the programs: in a folder of ours, and in the usual one."""

import os
import shutil
from collections.abc import Mapping
from pathlib import Path

USUAL = Path("/usr/local/bin")


def ensure(folder: Path, programs: Mapping[str, Path], usual: Path = USUAL) -> None:
    """Links exactly these programs in `folder`, and in `usual` those that the PATH lacked."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for name, program in programs.items():
        (folder / name).symlink_to(program)
        place = usual / name
        # A link to nothing may be of a cache that is gone; it serves nobody.
        if is_ours(place, folder) or (place.is_symlink() and not place.exists()):
            place.unlink()
        if shutil.which(name, path=_path_without(folder)) is None and os.access(usual, os.W_OK):
            place.symlink_to(folder / name)


def remove(folder: Path, usual: Path = USUAL) -> None:
    """Removes every link of ours."""
    for place in usual.iterdir() if usual.is_dir() else ():
        if is_ours(place, folder):
            place.unlink()
    shutil.rmtree(folder, ignore_errors=True)


def is_ours(place: Path, folder: Path) -> bool:
    """Tells whether it is a link to something that this package keeps; dangling links count."""
    return place.is_symlink() and place.readlink().is_relative_to(folder.parent)


def _path_without(folder: Path) -> str:
    return os.pathsep.join(
        each for each in os.environ.get("PATH", "").split(os.pathsep) if each != str(folder)
    )
