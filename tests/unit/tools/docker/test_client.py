import pytest
from tools.docker.client import builds


@pytest.mark.parametrize(
    ("told", "has_it"),
    [
        ("Docker version 20.10.24+dfsg1, build 297e128", True),
        ("Docker version 28.2.2, build e6534b4", False),
        ("podman version 5.4", False),
    ],
)
def test_older_clients_have_buildkit_themselves(told: str, has_it: bool) -> None:
    assert builds(told) is has_it
