"""What the tags of a version say."""

import pytest

from rookery_core.registry_names import TAG_DATA_DIGEST, TAG_SPEC_DIGEST, is_of

TAGS = {TAG_SPEC_DIGEST: "spec", TAG_DATA_DIGEST: "data", "rookery.epoch": "1"}


def test_a_version_is_of_the_spec_and_data_in_its_tags() -> None:
    assert is_of(TAGS, "spec", "data")


@pytest.mark.parametrize(
    ("tags", "spec", "data"),
    [
        (TAGS, "another", "data"),
        (TAGS, "spec", "another"),
        (TAGS, "spec", None),
        ({TAG_SPEC_DIGEST: "spec"}, "spec", "data"),
        ({TAG_SPEC_DIGEST: "spec"}, "spec", None),
        ({}, "spec", "data"),
    ],
)
def test_a_version_is_of_no_other(tags: dict[str, str], spec: str, data: str | None) -> None:
    assert not is_of(tags, spec, data)
