"""Compares Rookery's API with `mlflow models serve` and a FastAPI "hello world".

    .venv/bin/python -m tools.bench.serving [--seconds 10] [--rounds 3] [--starts 5] [--only outage]

One champion (a species forest from the middle of its search space), one machine, one run. The load
is closed: 64 connections, each with one request under way, from a process of its own on the same
machine. The servers take turns, round by round, so that a busy minute hits them all, and the median
of the rounds counts. `mlflow models serve` runs with its defaults. The hello world is FastAPI's
first example on the API's server settings; it reads no body. A start is the time from the start of
the process to its first 200, files in the page cache; the median counts. The outage is that of the
API's tests: a relay before the tracking server, and so before the object store behind it, swallows
what it is sent instead of refusing it. A round before it and one within it take turns.
"""

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import psutil
from mlflow import MlflowClient

from rookery_core.settings import TrackingSettings
from rookery_local.process.ports import free_ports
from tools.bench.tracking_server import tracking_server
from tools.harness.api_process import ApiProcess
from tools.harness.bundles import FittedBundle, RegisteredModel, make_bundle
from tools.harness.polling import answers, eventually
from tools.harness.relay import Relay
from tools.harness.scoring_server import serve
from tools.harness.specs import shipped

CONNECTIONS = 64
MODEL = "species"
FOREST = {"n_estimators": 175, "max_depth": 7}
ROW = {"bill_length_mm": 39.1, "bill_depth_mm": 18.7, "flipper_length_mm": 181, "body_mass_g": 3750}


@dataclass(frozen=True)
class Server:
    """One of the servers that are compared."""

    name: str
    port: int
    pid: int
    path: str
    body: str

    def ask(self, seconds: float) -> dict[str, float]:
        """Runs one round of load; `cpu` is the processor time of a request in microseconds."""
        before = self.processor_seconds()
        program = [sys.executable, "-m", "tools.bench.load_round"]
        arguments = [str(self.port), self.path, self.body, str(CONNECTIONS), str(seconds)]
        done = subprocess.run([*program, *arguments], capture_output=True, text=True, check=True)
        measured: dict[str, float] = json.loads(done.stdout)
        spent = self.processor_seconds() - before
        return {**measured, "cpu": spent / (measured["rate"] * seconds) * 1e6}

    def processor_seconds(self) -> float:
        """Returns the processor time of the process and its children so far."""
        times = [member.cpu_times() for member in self._family()]
        return sum(time.user + time.system for time in times)

    def memory(self) -> float:
        """Returns the resident memory of the process and its children, in MiB."""
        return sum(member.memory_info().rss for member in self._family()) / 2**20

    def _family(self) -> list[psutil.Process]:
        process = psutil.Process(self.pid)
        return [process, *process.children(recursive=True)]


def main() -> None:
    """Prints the comparison."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=10, help="of each round")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--starts", type=int, default=5)
    parts = ("starts", "rates", "outage")
    parser.add_argument("--only", choices=parts, help="one part of the comparison")
    options = parser.parse_args()
    wanted = [options.only] if options.only else parts
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        tracking = stack.enter_context(tracking_server(folder))
        made = make_bundle(shipped(MODEL), parameters=FOREST)
        RegisteredModel(MlflowClient(tracking_uri=tracking.url), made.spec).promote(made)
        if "starts" in wanted:
            compare_starts(folder, tracking, made, options.starts)
        if "rates" in wanted:
            with ExitStack() as running:
                servers = start_all(running, folder, tracking, made)
                compare_rates(servers, options.seconds, options.rounds)
        if "outage" in wanted:
            compare_outage(folder, tracking, options.seconds, options.rounds)


def compare_starts(
    folder: Path, tracking: TrackingSettings, made: FittedBundle, count: int
) -> None:
    """Prints how long the API and MLflow's server take to the first 200."""
    with ApiProcess(folder, tracking, poll_seconds=4) as api:
        api.await_version(MODEL, "1")  # the cache is warm from here on
        ours = [api_start(api) for _ in range(count)]
    theirs = []
    for _ in range(count):
        with serving(folder, made) as seconds:
            theirs.append(seconds)
    first, second = statistics.median(ours), statistics.median(theirs)
    print(f"start to first 200: API {first:.2f} s, mlflow models serve {second:.2f} s")
    print(f"  ratio {first / second:.3f} (expected at most 0.15)")


def api_start(api: ApiProcess) -> float:
    """Measures the seconds from the start of the API to its first prediction."""
    api.kill()
    begun = time.perf_counter()
    api.start(wait=False)
    eventually(lambda: _predicts(api), what="the first prediction")
    return time.perf_counter() - begun


def _predicts(api: ApiProcess) -> bool:
    try:
        return api.predict(MODEL, ROW).status_code == httpx.codes.OK
    except httpx.TransportError:
        return False


@contextmanager
def serving(folder: Path, made: FittedBundle) -> Iterator[float]:
    """Runs MLflow's server; gives the seconds that it took to start."""
    with (
        tempfile.TemporaryDirectory(dir=folder) as inner,
        serve(made, Path(inner), _scoring_body().encode()) as server,
    ):
        yield server.start_seconds


def start_all(
    stack: ExitStack, folder: Path, tracking: TrackingSettings, made: FittedBundle
) -> list[Server]:
    """Starts the servers."""
    api = stack.enter_context(ApiProcess(folder, tracking, poll_seconds=4))
    api.await_version(MODEL, "1")
    mlflow = stack.enter_context(serve(made, folder, _scoring_body().encode()))
    port = free_ports(1)[0]
    hello = subprocess.Popen([sys.executable, "-m", "tools.bench.hello_world", str(port)])
    stack.callback(hello.wait)
    stack.callback(hello.terminate)
    eventually(lambda: answers(f"http://127.0.0.1:{port}/"), what="the hello world")
    body = json.dumps(ROW)
    return [
        Server("Rookery API", api.port, api.process.pid, f"/predict/{MODEL}", body),
        Server("FastAPI hello world", port, hello.pid, "/", ""),
        Server("mlflow models serve", mlflow.port, mlflow.pid, "/invocations", _scoring_body()),
    ]


def compare_rates(servers: list[Server], seconds: float, rounds: int) -> None:
    """Prints requests a second, latencies, failures and memory."""
    measured: dict[str, list[dict[str, float]]] = {server.name: [] for server in servers}
    for _ in range(rounds):
        for server in servers:
            measured[server.name].append(server.ask(seconds))
    rates = {}
    print(f"{CONNECTIONS} connections, median of {rounds} rounds of {seconds:g} s")
    print(
        f"{'':22}{'requests/s':>12}{'p50 ms':>10}{'p99 ms':>10}{'failed':>8}{'CPU us':>8}{'MiB':>8}"
    )
    for server in servers:
        found = measured[server.name]
        median = {key: statistics.median(item[key] for item in found) for key in found[0]}
        failed = int(sum(item["failures"] for item in found))
        rates[server.name] = median["rate"]
        print(
            f"{server.name:22}{median['rate']:12.0f}{median['p50']:10.2f}{median['p99']:10.2f}"
            f"{failed:8}{median['cpu']:8.0f}{server.memory():8.0f}"
        )
    ours, hello, theirs = rates.values()
    print(f"API / mlflow models serve: {ours / theirs:.1f} (expected at least 60)")
    print(f"API / hello world: {ours / hello:.2f} (expected at least 0.6)")


def compare_outage(folder: Path, tracking: TrackingSettings, seconds: float, rounds: int) -> None:
    """Prints the API's p99 before and while connections to the tracking server are swallowed."""
    before, during = [], []
    with ExitStack() as stack:
        relay = stack.enter_context(Relay(tracking.url))
        behind = TrackingSettings(url=relay.url)
        # As they are by default: the tests ask more often, and wait longer.
        pace = {"poll_seconds": 4, "poll_backoff_seconds": 15, "registry_timeout_seconds": 5}
        api = stack.enter_context(ApiProcess(folder, behind, None, **pace))
        api.await_version(MODEL, "1")
        body = json.dumps(ROW)
        server = Server("Rookery API", api.port, api.process.pid, f"/predict/{MODEL}", body)
        for _ in range(rounds):
            relay.set("pass")
            eventually(lambda: _registry_answers(api), what="the registry")
            before.append(server.ask(seconds))
            relay.set("swallow")
            eventually(lambda: not _registry_answers(api), what="the outage")
            during.append(server.ask(seconds))
    first, second = (statistics.median(item["p99"] for item in found) for found in (before, during))
    failed = int(sum(item["failures"] for item in before + during))
    print(f"p99 before the outage {first:.2f} ms, during it {second:.2f} ms, {failed} failed")
    print(f"  ratio {second / first:.2f} (expected at most 1.10)")


def _registry_answers(api: ApiProcess) -> bool:
    return bool(api.card(MODEL)["registry"]["answered"])


def _scoring_body() -> str:
    return json.dumps({"dataframe_records": [ROW]})


if __name__ == "__main__":
    main()
