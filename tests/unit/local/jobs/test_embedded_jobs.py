"""The settings and the credentials of each job."""

import sys
import time
from pathlib import Path

import pytest

from rookery_core.errors import Unavailable
from rookery_local.folder.credentials import Credentials, make
from rookery_local.folder.home import Home
from rookery_local.jobs.embedded_jobs import (
    drop_snapshots_job,
    forget_job,
    ingest_job,
    retention_job,
    retire_job,
    rollback_job,
    run_embedded_job,
    train_job,
)
from rookery_local.process.child_process import Process
from rookery_local.servers.store_identities import BUCKETS, S3Keys
from rookery_local.stack.addresses import Addresses
from rookery_local.stack.presence import AFTERMATH_SECONDS
from rookery_local.stack.stack import Stack
from rookery_trainer.retention.settings import RetentionSettings

PORTS = tuple(range(4, 14))


@pytest.fixture
def credentials() -> Credentials:
    return make()


@pytest.fixture
def stack(tmp_path: Path, credentials: Credentials) -> Stack:
    """A stack that is down."""
    return Stack(
        Home(tmp_path),
        credentials,
        Addresses(api=1, management=4, mlflow=2, postgres=3, object_store=PORTS),
    )


def names(credentials: Credentials) -> dict[str, str]:
    """Maps each secret to what it opens."""
    first = S3Keys(credentials.s3_access_key, credentials.s3_secret_key)
    pairs = {"all buckets": first, **{f"buckets of {user}": first.of(user) for user in BUCKETS}}
    return {
        credentials.administrator.get_secret_value(): "everything",
        **{keys.access_key.get_secret_value(): opened for opened, keys in pairs.items()},
        **{keys.secret_key.get_secret_value(): opened for opened, keys in pairs.items()},
        **{secret.get_secret_value(): role for role, secret in credentials.roles.items()},
    }


def test_each_job_gets_exactly_the_secrets_that_it_needs(
    stack: Stack, credentials: Credentials
) -> None:
    settings = RetentionSettings(artifacts=stack.tracking.artifacts)
    cleaning = {"trainer", "mlflow", "buckets of retention"}
    jobs = {
        ingest_job(stack, "species"): {"ingest"},
        train_job(stack, "species", "a-sweep"): {"trainer", "buckets of trainer"},
        drop_snapshots_job(stack, "species"): {"trainer", "buckets of trainer"},
        rollback_job(stack, "species", to=None): {"trainer"},
        retention_job(stack, None, settings, dry_run=True): cleaning,
        retire_job(stack, "species", dry_run=False): cleaning,
        forget_job(stack, "species", ["Ann"]): {"ingest"},
    }

    for job, needed in jobs.items():
        known = names(credentials)
        assert {known[value] for value in job.environment.values() if value in known} == needed


def test_the_key_of_a_forgotten_row_is_no_argument(stack: Stack) -> None:
    job = forget_job(stack, "species", ["Ann, of Dream", "7"])

    assert not [word for word in job.argv if "Ann" in word]
    assert job.environment["ROOKERY_FORGET_KEY"] == '["Ann, of Dream", "7"]'


def test_retention_gets_the_tracking_servers_bucket_and_the_rules(stack: Stack) -> None:
    settings = RetentionSettings(artifacts=stack.tracking.artifacts, keep_versions=2)

    found = retention_job(stack, None, settings, dry_run=True).environment

    assert found["ROOKERY_RETENTION_ARTIFACTS"] == f"s3://{stack.object_store.bucket}"
    assert found["ROOKERY_RETENTION_KEEP_VERSIONS"] == "2"
    assert found["ROOKERY_MLFLOW_POSTGRES_USER"] == "mlflow"
    assert found["ROOKERY_POSTGRES_USER"] == "trainer"


def test_sweeps_keep_rows_in_a_bucket_that_is_not_mlflows(stack: Stack) -> None:
    found = train_job(stack, "species", "a-sweep").environment

    assert found["ROOKERY_SNAPSHOT_BUCKET"] == "snapshots"
    assert found["ROOKERY_S3_ENDPOINT_URL"] == stack.object_store.settings.endpoint_url
    assert found["ROOKERY_SNAPSHOT_BUCKET"] != stack.object_store.bucket


@pytest.mark.parametrize("program", ["import sys; sys.exit(1)", "import time; time.sleep(60)"])
def test_a_job_whose_stack_has_ended_ends_with_the_reason_of_the_stack(
    tmp_path: Path, program: str
) -> None:
    job = Process(
        "train-species",
        [sys.executable, "-c", program],
        environment={},
        directory=tmp_path,
        log=tmp_path / "log",
    )
    begun = time.monotonic()

    def watch() -> None:
        # As a supervisor, which notices the end of a server a moment after the job does.
        if time.monotonic() > begun + AFTERMATH_SECONDS / 3:
            raise Unavailable("the stack has ended: mlflow was killed")

    with pytest.raises(Unavailable, match=r"^the stack has ended: mlflow was killed$"):
        run_embedded_job(job, lambda _: None, watch)

    assert not job.is_running


def test_a_job_that_fails_by_itself_is_blamed_for_it(tmp_path: Path) -> None:
    job = Process(
        "train-species",
        [sys.executable, "-c", "import sys; sys.exit(1)"],
        environment={},
        directory=tmp_path,
        log=tmp_path / "log",
    )

    with pytest.raises(Unavailable, match="train-species ended with exit code 1"):
        run_embedded_job(job, lambda _: None, lambda: None)
