"""The images that the product asks a registry for, read from the files that name them."""

import re
from collections.abc import Iterator
from pathlib import Path

from tools.commands import output

DOCKERFILES = ("services/*/Dockerfile", "images/*/Dockerfile")
MANIFESTS = "tests/e2e/manifests/*.yaml"
CHART = "charts/rookery"
FROM = re.compile(r"^FROM\s+(?:--\S+\s+)*(\S+)(?:\s+AS\s+(\S+))?", re.IGNORECASE | re.MULTILINE)
COPY_FROM = re.compile(r"--(?:mount=\S*)?from=([^\s,]+)")
IMAGE = re.compile(r"^\s*(?:-\s+)?image:\s*[\"']?([^\s\"']+)", re.MULTILINE)
OURS = "localhost/"


def wanted(checkout: Path, helm: Path | None) -> list[str]:
    """Returns every image that a build, the chart or an end-to-end test takes from elsewhere.

    Without a helm to render the chart, the images that the chart alone names are missing.
    """
    names: set[str] = set()
    for pattern in DOCKERFILES:
        for path in checkout.glob(pattern):
            names |= of_dockerfile(path.read_text())
    for path in checkout.glob(MANIFESTS):
        names |= of_manifests(path.read_text())
    if helm is not None:
        names |= of_manifests(output(helm, "template", "rookery", checkout / CHART))
    return sorted(names)


def of_dockerfile(text: str) -> set[str]:
    """Returns base images, and images that files are copied from, without the file's own stages."""
    stages = {"scratch"}
    names: set[str] = set()
    for image, stage in FROM.findall(text):
        names |= {image} - stages
        stages.add(stage)
    return names | {each for each in COPY_FROM.findall(text) if not _is_stage(each, stages)}


def of_manifests(text: str) -> set[str]:
    """Returns the images of containers, without those that this project builds."""
    return {name for name in _images(text) if not name.startswith(OURS)}


def _images(text: str) -> Iterator[str]:
    for name in IMAGE.findall(text):
        yield name.removeprefix("docker.io/").removeprefix("library/")


def _is_stage(name: str, stages: set[str]) -> bool:
    return name in stages or name.isdigit()
