"""An image from a Dockerfile, with what this machine lends to a build and no image keeps."""

import os
import re
import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from airgap import docker_client
from airgap.commands import environment, logged, output

ARGUMENT = re.compile(r"^ARG\s+(\w+)\s*$", re.MULTILINE)
GO = ("GOPROXY", "GOSUMDB")
# Every Dockerfile knows these without declaring them, and no image keeps them.
PROXIES = ("HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "no_proxy")
PIP = ("~/.config/pip/pip.conf", "/etc/pip.conf")


def build(
    context: Path,
    name: str,
    log: Path,
    *,
    dockerfile: Path | None = None,
    labels: Mapping[str, str] | None = None,
    arguments: Mapping[str, str] | None = None,
    secrets: Sequence[tuple[str, Path]] = (),
) -> None:
    """What a Dockerfile says, built on the host's network and given that name."""
    argv: list[str | Path] = [docker_client.client(), "build", "--network=host"]
    argv += ["--progress=plain", "--tag", name]
    for each, value in (labels or {}).items():
        argv += ["--label", f"{each}={value}"]
    for each, value in (arguments or {}).items():
        argv += ["--build-arg", f"{each}={value}"]
    for each, file in secrets:
        argv += ["--secret", f"id={each},src={file}"]
    if dockerfile is not None:
        argv += ["-f", dockerfile]
    with environment({"DOCKER_BUILDKIT": "1", **_builder()}):
        logged([*argv, context], log)


def lent_arguments(dockerfile: str) -> dict[str, str]:
    """The machine's proxies, and its Go settings where the Dockerfile's text asks for them."""
    return {
        **_set(PROXIES, os.environ),
        **dict(_go(name for name in GO if name in ARGUMENT.findall(dockerfile))),
    }


def lent_secrets(ca_bundle: Path | None) -> list[tuple[str, Path]]:
    """The machine's certificates and pip's settings, where it has them."""
    named = os.environ.get("PIP_CONFIG_FILE")
    places = (Path(each).expanduser() for each in ((named,) if named else PIP))
    pip = next((each for each in places if each.is_file()), None)
    found = {"ca": ca_bundle, "pip": pip}
    return [(name, file) for name, file in found.items() if file is not None]


def _set(names: Iterable[str], variables: Mapping[str, str]) -> dict[str, str]:
    return {name: variables[name] for name in names if variables.get(name)}


def _go(names: Iterable[str]) -> Iterator[tuple[str, str]]:
    for name in names:
        if os.environ.get(name):
            yield name, os.environ[name]
        elif go := shutil.which("go"):
            yield name, output(go, "env", name)


def _builder() -> dict[str, str]:
    """The engine's own builder: others keep their images to themselves and bar its network."""
    return {"BUILDX_BUILDER": output("docker", "context", "inspect", "--format", "{{.Name}}")}
