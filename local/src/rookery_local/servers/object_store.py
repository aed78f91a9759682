"""An S3 server on loopback: SeaweedFS as one process."""

import sysconfig
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from rookery_core.errors import Unavailable
from rookery_core.finished_program import run_to_end
from rookery_core.object_store import s3_client
from rookery_core.settings import S3Settings
from rookery_local.process.child_process import Process
from rookery_local.process.environment import child_environment
from rookery_local.process.ports import LOOPBACK, free_ports
from rookery_local.servers.store_identities import BUCKET, SNAPSHOTS, S3Keys, identities

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

IDENTITIES = "identities.json"
"""The file with every key of the store."""
READY_SECONDS = 30
COMPACTION_SECONDS = 600
PORTS = 10
PROBE = Config(connect_timeout=2, read_timeout=5, retries={"total_max_attempts": 1}, proxies={})
"""A client on this machine, which fails within seconds."""
LOGGING = (
    # A worker of the admin server, which is off, warns every five seconds that it is off.
    *("-logtostderr=false", "-alsologtostderr=false", "-stderrthreshold=2"),
    # The other lines are in files in the folder for temporary files, which would grow for ever.
    *("-log_max_size_mb=1", "-log_max_files=1"),
)
"""SeaweedFS' options for its logs: errors alone (2) are in the log of the part."""
SOCKETS = Path("/tmp")  # noqa: S108 (not ours to choose)


class ObjectStore:
    """One S3 server with two buckets: for MLflow's artifacts, and for the rows of batches."""

    def __init__(
        self,
        folder: Path,
        keys: S3Keys,
        log: Path,
        *,
        ports: tuple[int, ...] = (),
        environment: Mapping[str, str] | None = None,
        held: Collection[int] = (),
    ) -> None:
        self.folder = folder
        self._keys = keys
        self._ports = ports or free_ports(PORTS)
        self.process = Process(
            "object-store",
            [str(weed()), *LOGGING, "mini", *self._options()],
            environment=child_environment(folder) if environment is None else environment,
            directory=folder,
            log=log,
            held=held,
        )

    @property
    def bucket(self) -> str:
        """The name of the bucket."""
        return BUCKET

    @property
    def settings(self) -> S3Settings:
        """The settings with which a client connects that may do everything."""
        return self._settings(self._keys)

    def settings_of(self, user: str) -> S3Settings:
        """The settings with which one of `store_identities.BUCKETS` connects."""
        return self._settings(self._keys.of(user))

    def _settings(self, keys: S3Keys) -> S3Settings:
        return S3Settings(
            endpoint_url=f"http://{LOOPBACK}:{self._ports[0]}",
            access_key=keys.access_key,
            secret_key=keys.secret_key,
        )

    def start(self) -> None:
        """Starts the server and waits until it answers signed requests; makes the buckets.

        Raises:
            Unavailable: the server is not ready in time; with the end of its log.
        """
        self.launch()
        self.await_ready()

    def launch(self) -> None:
        """Starts the server without waiting for it."""
        self.folder.mkdir(parents=True, exist_ok=True)
        # SeaweedFS keeps the flags of its last start in this file, old ports among them.
        (self.folder / "mini.options").unlink(missing_ok=True)
        self._remove_sockets()
        self._write_identities()
        self.process.start()

    def await_ready(self) -> None:
        """Waits for the launched server, as `start` does."""
        client = s3_client(self.settings, PROBE)
        self.process.wait_ready(
            lambda: all(_has_bucket(client, name) for name in (BUCKET, SNAPSHOTS)), READY_SECONDS
        )

    def compact(self) -> None:
        """Rewrites its files without the objects that were deleted; the server goes on.

        Raises:
            Unavailable: the server does not do it.
        """
        master, master_grpc = self._ports[4:6]
        failure = "the object store could not be compacted"
        said = run_to_end(
            [str(weed()), "shell", f"-master={LOOPBACK}:{master}.{master_grpc}"],
            environment=self.process.environment,
            directory=self.folder,
            seconds=COMPACTION_SECONDS,
            failure=failure,
            given="lock\nvolume.vacuum -garbageThreshold=0\nunlock\n",
        )
        # It ends with 0 whatever became of its commands, and says nothing where all went well.
        if "error" in said:
            raise Unavailable(f"{failure}: {said.strip()}; do it again")

    def stop(self) -> None:
        """Stops the server."""
        self.process.stop()
        self._remove_sockets()

    def _write_identities(self) -> None:
        path = self.folder / IDENTITIES
        path.touch(mode=0o600)
        path.chmod(0o600)
        path.write_text(identities(self._keys))

    def _remove_sockets(self) -> None:
        # SeaweedFS has these names built in; if it is killed, its sockets stay there.
        for port in self._ports:
            for left in SOCKETS.glob(f"seaweedfs-*-grpc-{port}.sock"):
                left.unlink(missing_ok=True)

    def _options(self) -> list[str]:
        s3, s3_grpc, filer, filer_grpc, master, master_grpc, volume, volume_grpc, *admin = (
            self._ports
        )
        return [
            "-dir=.",
            f"-s3.config={IDENTITIES}",
            f"-ip={LOOPBACK}",
            f"-ip.bind={LOOPBACK}",
            f"-s3.port={s3}",
            f"-s3.port.grpc={s3_grpc}",
            f"-filer.port={filer}",
            f"-filer.port.grpc={filer_grpc}",
            f"-master.port={master}",
            f"-master.port.grpc={master_grpc}",
            f"-volume.port={volume}",
            f"-volume.port.grpc={volume_grpc}",
            f"-admin.port={admin[0]}",
            f"-admin.port.grpc={admin[1]}",
            "-s3.port.iceberg=0",
            "-s3.port.lance=0",
            # Relative to the folder of the store: an absolute path may be too long for a socket.
            "-filer.localSocket=filer.sock",
            "-s3.localSocket=s3.sock",
            "-admin.ui=false",
            "-webdav=false",
            # The HTTP interface of the filer answers everybody; S3 is not affected.
            "-disableHttp",
            "-master.telemetry=false",
        ]


def weed() -> Path:
    """Names SeaweedFS' program."""
    return Path(sysconfig.get_path("scripts")) / "weed"


def _has_bucket(client: "S3Client", bucket: str) -> bool:
    try:
        client.create_bucket(Bucket=bucket)
    except (client.exceptions.BucketAlreadyOwnedByYou, client.exceptions.BucketAlreadyExists):
        # A bucket that the first release made belongs to an identity which it had by itself.
        return True
    except (BotoCoreError, ClientError):
        return False
    return True
