from pathlib import Path

import pytest
from tools.airgap.image_names import of_dockerfile, of_manifests, wanted
from tools.airgap.stand_ins import FOLDER, chosen
from tools.checkout import ROOT
from tools.failure import ToolError
from tools.generate import job_manifests

DOCKERFILE = """
FROM --platform=linux/amd64 golang:1.26-trixie AS build
RUN --mount=type=cache,target=/x go build
FROM build AS tested
FROM scratch
COPY --from=build /a /a
COPY --from=0 /b /b
COPY --from=debian:trixie-slim /c /c
RUN --mount=type=bind,from=postgres:18,target=/p true
"""


def test_a_dockerfile_names_its_bases_and_not_its_stages() -> None:
    found = of_dockerfile(DOCKERFILE)

    assert found == {"golang:1.26-trixie", "debian:trixie-slim", "postgres:18"}


def test_manifests_name_images_of_others_by_their_short_name() -> None:
    text = """
    containers:
      - image: docker.io/library/postgres:18.1
      - name: b
        image: "localhost/rookery/api:1.2.3"
      - image: 'traefik:v3.7'
    """

    assert of_manifests(text) == {"postgres:18.1", "traefik:v3.7"}


def test_without_a_helm_the_list_comes_from_builds_and_tests(tmp_path: Path) -> None:
    for place, text in {
        "services/api/Dockerfile": "FROM python:3.13-slim-trixie\n",
        "images/minio/Dockerfile": "FROM golang:1.26-trixie AS build\nFROM build\n",
        "tests/e2e/manifests/pod.yaml": "spec: {}\nimage: traefik:v3.7\n",
    }.items():
        (tmp_path / place).parent.mkdir(parents=True)
        (tmp_path / place).write_text(text)

    assert wanted(tmp_path, None) == [
        "golang:1.26-trixie",
        "python:3.13-slim-trixie",
        "traefik:v3.7",
    ]


def test_an_image_without_a_stand_in_is_named_and_fails() -> None:
    with pytest.raises(ToolError, match=r"no stand-in for redis:8, valkey:9: add one"):
        chosen(["postgres:18", "redis:8", "valkey:9"])


@pytest.mark.parametrize(
    "name", ["postgres:17", "python:3.13-alpine", "traefik:latest", "golang:1.26"]
)
def test_a_stand_in_takes_the_place_of_its_own_releases_alone(name: str) -> None:
    with pytest.raises(ToolError, match=name):
        chosen([name])


def test_a_digest_is_the_official_image_and_nothing_stands_in_for_it() -> None:
    with pytest.raises(ToolError, match="sha256"):
        chosen([f"postgres:18@sha256:{'0' * 64}"])


def test_everything_this_checkout_asks_for_has_a_stand_in() -> None:
    names = wanted(ROOT, job_manifests.helm())

    assert set(chosen(names)) == set(names) >= {"golang:1.26-trixie", "python:3.13-slim-trixie"}
    assert any(each.startswith("postgres:") for each in names), "the chart names it, nobody else"


@pytest.mark.parametrize("file", sorted(FOLDER.glob("*/requirements.txt")), ids=str)
def test_a_wheel_inside_a_stand_in_is_pinned_by_hash(file: Path) -> None:
    text = file.read_text()

    assert text.count("==") == 1
    assert "--hash=sha256:" in text
