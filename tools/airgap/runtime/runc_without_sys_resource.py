#!/usr/bin/env python3
"""An OCI runtime for hosts that lack CAP_SYS_RESOURCE: asks runc for everything but that.

runc refuses a container whose specification names a capability outside the bounding set, and
`docker run --privileged` names all. So the capability is removed from the bundle's config.json
(create, run) and from the process file (exec) before runc reads them.
"""

import json
import os
import sys
from pathlib import Path
from typing import Any

CAPABILITY = "CAP_SYS_RESOURCE"
SPECIFICATION = {"--bundle": "config.json", "-b": "config.json", "--process": "", "-p": ""}


def specifications(arguments: list[str]) -> list[Path]:
    """Returns the files in which this call of runc describes a process."""
    files = []
    for option, value in zip(arguments, [*arguments[1:], ""], strict=True):
        name, _, attached = option.partition("=")
        if name in SPECIFICATION:
            files.append(Path(attached or value) / SPECIFICATION[name])
    return files


def without_capability(specification: dict[str, Any]) -> dict[str, Any]:
    """Removes the capability from the specification of a container, or of a process in one."""
    process = specification.get("process", specification)
    sets = process.get("capabilities") or {}
    for name, capabilities in sets.items():
        sets[name] = [each for each in capabilities or [] if each != CAPABILITY]
    return specification


def main() -> None:
    """Rewrites the specifications, then becomes runc."""
    for path in specifications(sys.argv[1:]):
        if path.is_file():
            path.write_text(json.dumps(without_capability(json.loads(path.read_text()))))
    os.execvp("runc", ["runc", *sys.argv[1:]])  # noqa: S606, S607


if __name__ == "__main__":
    main()
