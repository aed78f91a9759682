"""Where MLflow can run."""

from pathlib import Path

import pytest

from rookery_core.errors import Refused
from rookery_local.servers.tracking_server import require_location


@pytest.mark.parametrize("folder", ["/home/a b/für #1/'x'", "/srv/rookery/.venv"])
def test_a_path_of_any_usual_characters_is_well(folder: str) -> None:
    require_location(Path(folder))


def test_a_path_that_mlflows_migrations_cannot_read_is_refused_before_anything_starts() -> None:
    with pytest.raises(Refused, match="MLflow cannot run from /srv/100% mine: the path has a '%'"):
        require_location(Path("/srv/100% mine"))
