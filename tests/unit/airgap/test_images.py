from pathlib import Path

import pytest
from airgap import images
from airgap.cache import Cache
from airgap.failure import AirgapError
from airgap.stand_ins import chosen
from tests.unit.airgap.conftest import Images


def test_an_image_is_built_once_and_again_for_other_inputs(engine_images: Images) -> None:
    def ensure(key: str) -> bool:
        return images.ensure(
            "rookery/it:1", key, lambda: engine_images.add("rookery/it:1", {images.DIGEST: key})
        )

    assert [ensure("a"), ensure("a"), ensure("b")] == [True, False, True]


def test_a_build_that_leaves_another_image_is_no_success(engine_images: Images) -> None:
    engine_images.add("rookery/it:1", {images.DIGEST: "old"})

    with pytest.raises(AirgapError, match="does not carry its digest new"):
        images.ensure("rookery/it:1", "new", lambda: None)


def test_an_official_image_stays_and_todays_stand_in_too(
    engine_images: Images, tmp_path: Path
) -> None:
    official, ours = "postgres:18.1", "python:3.13-slim-trixie"
    stand_ins = chosen([official, ours])
    engine_images.add(official, {})
    engine_images.add(ours, {images.DIGEST: stand_ins[ours].key(ours)})

    # Neither is built: that takes more than this client can.
    for name, each in stand_ins.items():
        assert not each.ensure(name, Cache(tmp_path / "cache"), None, tmp_path / "log")
