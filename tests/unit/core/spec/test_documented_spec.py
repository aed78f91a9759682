"""The page about specs shows a spec that is one, and names every key of the second version."""

import re
from pathlib import Path

from tests.some import some

from rookery_core.spec.second_version import NEW_KEYS
from rookery_core.spec.spec_yaml import parse_spec

PAGE = Path(__file__).parents[4].joinpath("docs", "spec.md").read_text("utf-8")


def test_the_spec_of_the_page_is_one() -> None:
    (text,) = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)

    assert parse_spec(text, "spec.md").classes == ("false", "true")


def test_the_page_names_every_key_of_the_second_version() -> None:
    named = set(re.findall(r"[a-z_]+", PAGE))

    assert set(some(NEW_KEYS)) <= named
