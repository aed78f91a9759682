import pytest
import yaml
from tools.failure import ToolError
from tools.images.digests import with_digests

VALUES = """\
# One image a line.
global:
  images:
    api: {repository: rookery/api, tag: 1.2.3, digest: ""}  # ours
    postgresql: {repository: postgres, tag: 18.6-trixie, digest: ""}  # the official image
    traefik:
      repository: traefik
      # digest: wins over the tag
      digest: sha256:old
      tag: v3.7.15
other: {digest: ""}
"""
FIRST, SECOND = f"sha256:{'1' * 64}", f"sha256:{'2' * 64}"


def test_each_digest_is_written_into_its_own_place_and_nothing_else_changes() -> None:
    text = with_digests(VALUES, {"traefik": SECOND, "postgresql": FIRST})

    lines = VALUES.splitlines()
    lines[4] = lines[4].replace('""', f'"{FIRST}"')
    lines[8] = lines[8].replace("sha256:old", f'"{SECOND}"')
    assert text.splitlines() == lines
    assert yaml.safe_load(text)["global"]["images"]["traefik"]["digest"] == SECOND


def test_the_same_digests_again_change_nothing() -> None:
    once = with_digests(VALUES, {"postgresql": FIRST})

    assert with_digests(once, {"postgresql": FIRST}) == once


def test_an_image_that_the_values_do_not_have_is_named() -> None:
    with pytest.raises(ToolError, match="'redis'"):
        with_digests(VALUES, {"redis": FIRST})
