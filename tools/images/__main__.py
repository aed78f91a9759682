"""`python -m tools.images build [KEY ...] | digests`: the images that the chart's values name."""

import argparse
import sys

from tools.cache import home
from tools.checkout import ROOT
from tools.failure import ToolError
from tools.images.build import build_all
from tools.images.digests import digest, with_digests
from tools.images.names import VALUES, chart_images, others, ours
from tools.progress import Progress


def main() -> int:
    """Returns 0 when it is as asked, and 1, with the reason told, when not."""
    parser = argparse.ArgumentParser(prog="images", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    some = commands.add_parser("build", help="build those with a Dockerfile in this checkout")
    some.add_argument("key", nargs="*", help="only these, by their key in global.images")
    commands.add_parser("digests", help="write the others' digests into the chart's values")
    arguments = parser.parse_args()
    log = home() / "images.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    log.write_text("")
    try:
        if arguments.command == "build":
            _build(arguments.key, Progress(log))
        else:
            _digests(Progress(log))
    except ToolError as error:
        sys.stderr.write(f"images: {error}\n")
        return 1
    return 0


def _build(keys: list[str], progress: Progress) -> None:
    built = tuple(ours(chart_images((ROOT / VALUES).read_text()), ROOT))
    known = [image.key for image, _ in built]
    if unknown := set(keys) - set(known):
        raise ToolError(f"no Dockerfile for {', '.join(sorted(unknown))}: name {', '.join(known)}")
    chosen = [each for each in built if not keys or each[0].key in keys]
    build_all(chosen, ROOT, progress)


def _digests(progress: Progress) -> None:
    place = ROOT / VALUES
    values = place.read_text()
    found: dict[str, str] = {}
    for image in others(chart_images(values), ROOT):
        found[image.key] = digest(image.name)
        progress.say(f"{image.name}@{found[image.key]}")
    place.write_text(with_digests(values, found))


if __name__ == "__main__":
    sys.exit(main())
