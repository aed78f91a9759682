"""The outage: with everything behind it gone, the API serves on, restarts, and heals.

The API reaches MLflow alone, and the object store and the database only through it: no answer of
MLflow is no answer of any of the three.
"""

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.integration.api.support.fixture_types import NewModel
from tests.integration.api.support.rows import ROW
from tools.harness.api_process import ApiProcess
from tools.harness.bundles import RegisteredModel, make_bundle
from tools.harness.load import Load, for_seconds, load, post
from tools.harness.polling import eventually
from tools.harness.relay import Relay
from tools.harness.specs import write_spec

from rookery_core.settings import TrackingSettings
from rookery_local.servers.tracking_server import TrackingServer

UNAVAILABLE = "rookery_api_refresh_errors_total"
CONNECTIONS = 16


@pytest.fixture
def relay(tracking: TrackingServer) -> Iterator[Relay]:
    """A way to the tracking server that can be barred."""
    with Relay(tracking.settings.url) as relay:
        yield relay


@pytest.fixture
def registered(new_model: NewModel) -> RegisteredModel:
    """A model with a champion."""
    registered = new_model("species")
    registered.promote(make_bundle(registered.spec))
    return registered


@pytest.fixture
def api(
    relay: Relay, registered: RegisteredModel, specs: Path, tmp_path: Path
) -> Iterator[ApiProcess]:
    """An API that serves the champion, behind the relay."""
    settings = TrackingSettings(url=relay.url)
    patience = {"registry_timeout_seconds": 2}
    with ApiProcess(tmp_path, settings, specs, **patience) as api:
        api.await_version(registered.spec.name, "1")
        eventually(lambda: api.card(registered.spec.name)["history"])
        # Models of earlier tests are in the folder too, and may be on their way still.
        eventually(lambda: api.client.get("/readyz").is_success, what="readiness")
        yield api


def is_cut_off(api: ApiProcess, model: str) -> bool:
    """Whether the process has noticed."""
    return not api.card(model)["registry"]["answered"]


@pytest.mark.parametrize("mode", ["refuse", "swallow"])
def test_api_serves_restarts_and_heals_by_itself(
    api: ApiProcess, relay: Relay, registered: RegisteredModel, mode: str
) -> None:
    model = registered.spec.name

    relay.set("refuse" if mode == "refuse" else "swallow")
    eventually(lambda: is_cut_off(api, model), what="the outage")
    assert api.predict(model, ROW).status_code == 200
    assert api.client.get("/readyz").status_code == 200
    assert api.metric(UNAVAILABLE, model=model, reason="unavailable") > 0

    api.kill()
    api.start()
    answer = api.predict(model, ROW)
    assert answer.status_code == 200
    assert answer.json()["model"]["version"] == "1"
    assert api.client.get("/readyz").status_code == 200
    assert api.card(model)["history"]

    relay.set("pass")
    version = registered.promote(make_bundle(registered.spec, seed=1))
    api.await_version(model, version)


def test_new_process_with_nothing_behind_it_is_not_ready(
    relay: Relay, registered: RegisteredModel, specs: Path, tmp_path: Path
) -> None:
    relay.set("swallow")

    with ApiProcess(
        tmp_path, TrackingSettings(url=relay.url), specs, registry_timeout_seconds=2
    ) as api:
        assert api.client.get("/livez").status_code == 200
        ready = api.client.get("/readyz")
        refused = api.predict(registered.spec.name, ROW)

        assert (ready.status_code, ready.json()["reason"]) == (503, "registry_unknown")
        assert (refused.status_code, refused.json()["reason"]) == (503, "registry_unknown")
        assert refused.headers["retry-after"]

        relay.set("pass")
        eventually(lambda: api.client.get("/readyz").status_code == 200)
        eventually(lambda: api.predict(registered.spec.name, ROW).status_code == 200)


@pytest.fixture
def alone(registered: RegisteredModel, tmp_path: Path) -> Path:
    """A folder with the spec of the registered model and no other."""
    folder = tmp_path / "specs"
    folder.mkdir()
    write_spec(folder, registered.spec)
    return folder


def test_new_process_whose_champion_does_not_arrive_is_not_ready(
    relay: Relay, registered: RegisteredModel, alone: Path, tmp_path: Path
) -> None:
    model = registered.spec.name
    relay.set("withhold")

    with ApiProcess(
        tmp_path, TrackingSettings(url=relay.url), alone, registry_timeout_seconds=2
    ) as api:
        eventually(lambda: api.card(model)["state"] == "champion_loading")
        eventually(lambda: api.metric(UNAVAILABLE, model=model, reason="unavailable") >= 2)
        ready = api.client.get("/readyz")
        refused = api.predict(model, ROW)

        assert (ready.status_code, ready.json()["reason"]) == (503, "champion_loading")
        assert (refused.status_code, refused.json()["reason"]) == (503, "champion_loading")
        assert refused.headers["retry-after"]
        assert "did not verify" not in refused.json()["detail"]
        assert api.client.get("/livez").status_code == 200
        assert api.client.get("/v2/health/ready").status_code == 503

        relay.set("pass")
        eventually(lambda: api.client.get("/readyz").status_code == 200)
        assert api.predict(model, ROW).status_code == 200


def test_champion_that_does_not_arrive_makes_no_serving_process_unready(
    api: ApiProcess, relay: Relay, registered: RegisteredModel, new_model: NewModel
) -> None:
    relay.set("withhold")
    second = new_model("sex")
    second.promote(make_bundle(second.spec))
    model = second.spec.name

    eventually(lambda: model in api.client.get("/models").text)
    eventually(lambda: api.card(model)["state"] == "champion_loading")
    eventually(lambda: api.metric(UNAVAILABLE, model=model, reason="unavailable") >= 2)

    assert api.client.get("/readyz").status_code == 200
    assert api.predict(registered.spec.name, ROW).status_code == 200
    assert api.predict(model, ROW).json()["reason"] == "champion_loading"


@pytest.mark.parametrize("damage", ["model.onnx", "manifest.json", "pointer"])
def test_damaged_cache_is_not_served(
    api: ApiProcess, relay: Relay, registered: RegisteredModel, tmp_path: Path, damage: str
) -> None:
    model = registered.spec.name
    api.kill()
    pointer = tmp_path / "cache" / "champions" / f"{model}.json"
    bundle = tmp_path / "cache" / "bundles" / json.loads(pointer.read_bytes())["manifest_sha256"]
    file = pointer if damage == "pointer" else bundle / damage
    content = bytearray(file.read_bytes())
    content[-1] ^= 0x55
    damaged = bytes(content)
    file.write_bytes(damaged)
    relay.set("refuse")

    api.start()
    assert api.predict(model, ROW).json()["reason"] == "registry_unknown"
    assert api.metric(UNAVAILABLE, model=model, reason="cache") == 1

    relay.set("pass")
    eventually(lambda: api.predict(model, ROW).status_code == 200)
    # A pointer that can't be read is away from the tidying up to the next write.
    eventually(
        lambda: file.exists() and file.read_bytes() != damaged,
        what="the mended cache",
    )
    relay.set("refuse")
    api.kill()
    api.start()
    assert api.predict(model, ROW).status_code == 200


def test_cache_that_cannot_be_written_stops_nobody(
    tracking: TrackingServer, registered: RegisteredModel, specs: Path, tmp_path: Path
) -> None:
    (tmp_path / "cache").write_text("a file where a folder should be")

    with ApiProcess(tmp_path, tracking.settings, specs) as api:
        api.await_version(registered.spec.name, "1")

        assert api.predict(registered.spec.name, ROW).status_code == 200
        eventually(lambda: api.metric(UNAVAILABLE, model=registered.spec.name, reason="cache") > 0)


def test_black_hole_does_not_slow_the_answers(
    api: ApiProcess, relay: Relay, registered: RegisteredModel
) -> None:
    model = registered.spec.name

    # `tools.bench.serving` measures the stated bound on a quiet machine; here other tests run too,
    # so one pair of measurements in five has to hold it.
    assert any(keeps_its_pace(api, relay, model) for _ in range(5))


def keeps_its_pace(api: ApiProcess, relay: Relay, model: str) -> bool:
    """Measures before and during an outage; no request may fail."""
    relay.set("pass")
    eventually(lambda: not is_cut_off(api, model), what="the end of the outage")
    before = measure(api, model)
    relay.set("swallow")
    eventually(lambda: is_cut_off(api, model), what="the outage")
    during = measure(api, model)
    assert before.failures == during.failures == []
    return during.percentile(50) <= 1.5 * before.percentile(50) + 1


def measure(api: ApiProcess, model: str) -> Load:
    """Two seconds of load."""
    request = post(f"/predict/{model}", json.dumps(ROW).encode(), api.port)
    return asyncio.run(load(api.port, request, connections=CONNECTIONS, stop=for_seconds(2)))
