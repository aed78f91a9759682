from pathlib import Path

from tests.some import some
from tests.unit.tools.support.fake_engine import Images
from tools.airgap.stand_ins import chosen
from tools.cache import Cache
from tools.docker import images


def test_an_official_image_stays_and_todays_stand_in_too(
    engine_images: Images, tmp_path: Path
) -> None:
    official, ours = "postgres:18.1", "python:3.13-slim-trixie"
    stand_ins = chosen([official, ours])
    engine_images.add(official, {})
    engine_images.add(ours, {images.DIGEST: stand_ins[ours].key(ours)})

    # Neither is built: that takes more than this client can.
    for name, each in some(stand_ins.items()):
        assert not each.ensure(name, {}, Cache(tmp_path / "cache"), None, tmp_path / "log")
