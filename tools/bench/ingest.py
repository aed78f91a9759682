"""Compares ingest with pandas' `to_sql` of the same rows into one table, on a real PostgreSQL.

    .venv/bin/python -m tools.bench.ingest [--rows 1000000]

Each contender is a process of its own on one server, one after the other; its memory is the peak
of its resident set above what it held when its clock was started. `to_sql` finds its frame already
in memory. Ours reads the file: as raw records alone, and as the whole contract, with raw data,
processed data, 1 % of bad rows in quarantine, and digest.
"""

import argparse
import json
import secrets
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import numpy as np
import pandas as pd
from pydantic import SecretStr

from rookery_core.database.connection import engine
from rookery_core.database.names import LOGIN_ROLES, PROCESSED, RAW
from rookery_core.settings import PostgresSettings, S3Settings
from rookery_core.spec.catalog import load_catalog
from rookery_core.spec.model_spec import ModelSpec
from rookery_ingest.bootstrap.bootstrap import bootstrap
from rookery_ingest.ingest import ingest
from rookery_ingest.load.database import Database
from rookery_ingest.load.raw_data import RawData
from rookery_ingest.settings import IngestSettings
from rookery_ingest.source.stream import Stream
from rookery_local.process.ports import free_ports
from rookery_local.servers.postgres import Postgres

CHUNK_ROWS = 10_000
BAD_FRACTION = 0.01


def frame(rows: int) -> pd.DataFrame:
    """Makes rows like the penguins', 1 % of them with a body mass out of range."""
    draw = np.random.default_rng(2026)
    mass = draw.normal(4200, 800, rows).clip(2500, 6400).round()
    mass[draw.random(rows) < BAD_FRACTION] = 99_999
    return pd.DataFrame(
        {
            "species": draw.choice(["Adelie", "Chinstrap", "Gentoo"], rows),
            "island": draw.choice(["Biscoe", "Dream", "Torgersen"], rows),
            "culmen_length_mm": draw.normal(44, 5, rows).clip(30, 60).round(1),
            "culmen_depth_mm": draw.normal(17, 2, rows).clip(12, 22).round(1),
            "flipper_length_mm": draw.normal(200, 14, rows).clip(170, 235).round(),
            "body_mass_g": mass,
            "sex": draw.choice(["MALE", "FEMALE"], rows),
        }
    )


def spec_of(file: Path, name: str) -> ModelSpec:
    """Makes the penguins' spec with this file as its source."""
    spec = load_catalog()["species"]
    source = spec.source.model_copy(update={"url": f"file:{file}", "sha256": None})
    return spec.model_copy(update={"name": name, "source": source})


def to_sql(file: Path, role: PostgresSettings) -> Callable[[], object]:
    """Prepares what pandas' users write."""
    rows = pd.read_csv(file)
    to = engine(role, PROCESSED)
    return lambda: rows.to_sql(
        "to_sql", to, schema="processed", index=False, if_exists="replace", chunksize=CHUNK_ROWS
    )


def transport(file: Path, role: PostgresSettings) -> Callable[[], object]:
    """Prepares the ingest's own loader: every record of the file into one table."""
    spec = spec_of(file, "transport")
    database = Database(role, RAW)
    raw = RawData(database, spec)
    raw.prepare()
    stream = Stream(spec.source, IngestSettings(), S3Settings())

    def run() -> None:
        with closing(database):
            raw.store(stream)

    return run


def contract(file: Path, role: PostgresSettings) -> Callable[[], object]:
    """Prepares the whole ingest."""
    spec = spec_of(file, "contract")
    return lambda: ingest(spec, role, S3Settings(), IngestSettings())


CONTENDERS = {"to_sql": to_sql, "transport": transport, "contract": contract}


def measured(run: Callable[[], object]) -> dict[str, float]:
    """Measures seconds, processor seconds of this process, and extra megabytes at the peak."""
    # Linux: 5 starts the peak anew (proc_pid_clear_refs(5)).
    Path("/proc/self/clear_refs").write_text("5")
    before, begun, cpu = _resident("VmRSS"), time.perf_counter(), time.process_time()
    run()
    return {
        "seconds": time.perf_counter() - begun,
        "cpu_seconds": time.process_time() - cpu,
        "extra_mb": (_resident("VmHWM") - before) / 1024,
    }


def _resident(field: str) -> int:
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(field))


def main() -> None:
    """Prints one JSON line for each contender, and the ratios."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--contender", choices=CONTENDERS, help=argparse.SUPPRESS)
    parser.add_argument("--file", type=Path, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.contender:
        role = PostgresSettings()
        print(json.dumps(measured(CONTENDERS[arguments.contender](arguments.file, role))))
        return
    with tempfile.TemporaryDirectory(prefix="rookery-bench-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        compare(folder, arguments.rows)


def compare(folder: Path, rows: int) -> None:
    """Runs all contenders on a fresh server, and prints their figures."""
    file = folder / "rows.csv"
    frame(rows).to_csv(file, index=False)
    server = Postgres(
        folder / "postgres",
        free_ports(1)[0],
        password=SecretStr(secrets.token_urlsafe()),
        roles={role: SecretStr(secrets.token_urlsafe()) for role in LOGIN_ROLES},
        log=folder / "postgres.log",
    )
    try:
        server.start()
        bootstrap(server.admin, {role: server.settings(role).password for role in LOGIN_ROLES})
        results = {}
        for contender in CONTENDERS:
            results[contender] = contend(contender, file, server.settings("ingest"))
            print(json.dumps({"contender": contender, "rows": rows, **results[contender]}))
    finally:
        server.stop()
    base = results["to_sql"]
    for contender in ("transport", "contract"):
        mine = results[contender]
        times = base["seconds"] / mine["seconds"]
        memory = mine["extra_mb"] / base["extra_mb"]
        print(f"{contender}: {times:.1f} times the rows per second, {memory:.3f} of the memory")


def contend(contender: str, file: Path, role: PostgresSettings) -> dict[str, float]:
    """Measures one contender, in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-m", "tools.bench.ingest", "--contender", contender, "--file", str(file)],
        env={
            "ROOKERY_POSTGRES_HOST": role.host,
            "ROOKERY_POSTGRES_PORT": str(role.port),
            "ROOKERY_POSTGRES_USER": role.user,
            "ROOKERY_POSTGRES_PASSWORD": role.password.get_secret_value(),
        },
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    figures: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return figures


if __name__ == "__main__":
    main()
