"""An image from a Dockerfile."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from tools.commands import environment, logged, output
from tools.docker.client import client


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
    """Builds what a Dockerfile says, on the host's network, and gives it that name."""
    argv: list[str | Path] = [client(), "build", "--network=host"]
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


def _builder() -> dict[str, str]:
    """Names the engine's own builder: others keep their images and bar the host's network."""
    return {"BUILDX_BUILDER": output("docker", "context", "inspect", "--format", "{{.Name}}")}
