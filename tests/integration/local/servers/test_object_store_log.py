"""What the object store writes while nobody asks it."""

import time
from pathlib import Path

from pydantic import SecretStr

from rookery_local.process.environment import child_environment
from rookery_local.servers.object_store import ObjectStore
from rookery_local.servers.store_identities import S3Keys

SECONDS = 16
"""Three times as long as the store waits between two tries of what fails."""
LAST_LINE = "Press Ctrl+C to stop all components"
"""The last line of a start."""
A_DAY = 24 * 60 * 60
MEGABYTE = 1_000_000


def test_an_idle_store_writes_less_than_a_megabyte_a_day_into_its_log(tmp_path: Path) -> None:
    temporary = tmp_path / "tmp"
    temporary.mkdir()
    keys = S3Keys(SecretStr("an-access-key"), SecretStr("a-secret-key"))
    log = tmp_path / "store.log"
    store = ObjectStore(tmp_path / "s", keys, log, environment=child_environment(temporary))
    store.start()
    store.process.wait_ready(lambda: LAST_LINE in log.read_text(), seconds=30)
    begun = log.stat().st_size

    time.sleep(SECONDS)
    grown = log.stat().st_size - begun
    store.stop()

    assert grown * A_DAY / SECONDS < MEGABYTE


def test_the_stores_own_files_of_logs_are_short(tmp_path: Path) -> None:
    keys = S3Keys(SecretStr("an-access-key"), SecretStr("a-secret-key"))

    argv = ObjectStore(tmp_path, keys, tmp_path / "store.log").process.argv

    assert {"-log_max_size_mb=1", "-log_max_files=1"} <= set(argv[1 : argv.index("mini")])
