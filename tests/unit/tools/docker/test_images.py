import pytest
from tests.unit.tools.support.fake_engine import Images
from tools.docker import images
from tools.failure import ToolError


def test_an_image_is_built_once_and_again_for_other_inputs(engine_images: Images) -> None:
    def ensure(key: str) -> bool:
        return images.ensure(
            "rookery/it:1", key, lambda: engine_images.add("rookery/it:1", {images.DIGEST: key})
        )

    assert [ensure("a"), ensure("a"), ensure("b")] == [True, False, True]


def test_a_build_that_leaves_another_image_is_no_success(engine_images: Images) -> None:
    engine_images.add("rookery/it:1", {images.DIGEST: "old"})

    with pytest.raises(ToolError, match="does not carry its digest new"):
        images.ensure("rookery/it:1", "new", lambda: None)
