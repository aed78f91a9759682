"""Where artifacts may lie: below the tracking server's own root."""

import pytest

from rookery_core.errors import Refused
from rookery_trainer.tracking.artifact_address import artifact_path, require_proxied


@pytest.mark.parametrize(
    ("address", "path"),
    [
        ("mlflow-artifacts:/3/abc/artifacts", "3/abc/artifacts"),
        ("mlflow-artifacts:/3", "3"),
        ("mlflow-artifacts:3/abc/", "3/abc"),
    ],
)
def test_what_the_server_passes_on_has_a_path(address: str, path: str) -> None:
    require_proxied(address, "run abc")

    assert artifact_path(address) == path


@pytest.mark.parametrize(
    "address",
    [
        "mlflow-artifacts://elsewhere:5000/3/abc/artifacts",
        "mlflow-artifacts://3/abc/artifacts",
        "mlflow-artifacts:///3/abc/artifacts",
        "http://169.254.169.254/latest",
        "https://elsewhere.example.org/3",
        "s3://bucket/3",
        "ftp://elsewhere/3",
        "file:///tmp/3",
        "/tmp/3",  # noqa: S108 (nothing is written)
        "",
    ],
)
def test_everything_else_is_refused(address: str) -> None:
    with pytest.raises(Refused, match="which is not passed on by the tracking server"):
        require_proxied(address, "run abc")

    assert artifact_path(address) is None
