from pathlib import Path

import pytest
from tools.checkout import ROOT
from tools.failure import ToolError
from tools.images.names import VALUES, chart_images, others, ours

TEXT = """
global:
  imageRegistry: "{registry}"
  images:
    api: {{registry: localhost, repository: rookery/api, tag: 1.2.3, digest: ""}}
    minio: {{registry: localhost, repository: rookery/minio, tag: "2026-02-12", digest: ""}}
    postgresql: {{registry: docker.io/library, repository: postgres, tag: 18.6-trixie, digest: ""}}
"""


def test_names_are_those_of_the_values() -> None:
    found = chart_images(TEXT.format(registry=""))

    assert [each.name for each in found] == [
        "localhost/rookery/api:1.2.3",
        "localhost/rookery/minio:2026-02-12",
        "docker.io/library/postgres:18.6-trixie",
    ]


def test_a_mirror_stands_in_front_of_every_name() -> None:
    api, _, postgresql = chart_images(TEXT.format(registry="mirror.example.org/library/"))

    assert api.name == "mirror.example.org/library/rookery/api:1.2.3"
    assert postgresql.name == "mirror.example.org/library/postgres:18.6-trixie"


def test_an_image_is_built_where_its_dockerfile_is_and_asked_of_a_registry_otherwise(
    tmp_path: Path,
) -> None:
    places = [tmp_path / "services/api/Dockerfile", tmp_path / "images/minio/Dockerfile"]
    for place in places:
        place.parent.mkdir(parents=True)
        place.touch()
    found = chart_images(TEXT.format(registry=""))

    built = dict(ours(found, tmp_path))
    rest = others(found, tmp_path)

    assert {image.key: place for image, place in built.items()} == {
        "api": places[0],
        "minio": places[1],
    }
    assert [image.key for image in rest] == ["postgresql"]


def test_values_without_images_are_named() -> None:
    with pytest.raises(ToolError, match=r"values\.yaml names no images"):
        chart_images("global: {}")


def test_the_chart_names_every_dockerfile_of_this_checkout() -> None:
    places = {*ROOT.glob("services/*/Dockerfile"), *ROOT.glob("images/*/Dockerfile")}

    found = chart_images((ROOT / VALUES).read_text())

    assert {place for _, place in ours(found, ROOT)} == places
    assert {image.key for image in others(found, ROOT)} == {"postgresql", "traefik"}
