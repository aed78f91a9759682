"""A bundle that lasts, or never ends, is its own model's matter: all others go on."""

import os
import signal
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import psutil
import pytest
from tests.integration.api.support.fixture_types import NewModel
from tests.integration.api.support.rows import ROW
from tests.integration.api.support.slow_bundles import endless, slow
from tools.harness.api_process import ApiProcess
from tools.harness.bundles import FittedBundle, RegisteredModel, make_bundle
from tools.harness.polling import eventually
from tools.harness.specs import write_spec

from rookery_local.servers.tracking_server import TrackingServer

ERRORS = "rookery_api_refresh_errors_total"
BEGUN = "rookery_api_load_begun_timestamp_seconds"
READER = "rookery_runtime.reading.reader"


StartAlone = Callable[..., ApiProcess]


@pytest.fixture
def registered_models(new_model: NewModel) -> tuple[RegisteredModel, RegisteredModel]:
    """Two models, each with a champion."""
    registered_models = new_model("sex"), new_model("sex")
    for registered in registered_models:
        registered.promote(make_bundle(registered.spec))
    return registered_models


@pytest.fixture
def start(
    registered_models: tuple[RegisteredModel, RegisteredModel],
    tracking: TrackingServer,
    tmp_path: Path,
) -> Iterator[StartAlone]:
    """Starts an API of the two models and no others; it has loaded both, and no child is left."""
    alone = tmp_path / "specs"
    alone.mkdir()
    for registered in registered_models:
        write_spec(alone, registered.spec)
    with ExitStack() as stack:

        def started(**settings: object) -> ApiProcess:
            api = ApiProcess(tmp_path, tracking.settings, alone, **settings)
            stack.enter_context(api)
            for registered in registered_models:
                api.await_version(registered.spec.name, "1")
            eventually(lambda: child_of(api) is None, what="the end of the last child")
            return api

        yield started


@pytest.fixture
def api(start: StartAlone) -> ApiProcess:
    """An API that serves both; a child of it may take half a minute."""
    return start(load_seconds=30, grace_seconds=2)


def test_an_endless_bundle_is_its_own_models_matter(
    api: ApiProcess, registered_models: tuple[RegisteredModel, RegisteredModel]
) -> None:
    sick, sound = registered_models
    model, started = sick.spec.name, time.time() - 1

    sick.promote(endless(make_bundle(sick.spec)))
    eventually(lambda: api.metric(BEGUN, model=model) > started)
    version = sound.promote(make_bundle(sound.spec, seed=3))

    api.await_version(sound.spec.name, version)
    eventually(lambda: api.metric(ERRORS, model=model, reason="refused") > 0)
    assert "version 2 is not served" in api.card(model)["registry"]["error"]
    assert api.predict(model, ROW).json()["model"]["version"] == "1"
    assert api.client.get("/readyz").status_code == 200

    sick.set_champion("1")
    eventually(lambda: api.card(model)["registry"]["error"] is None, what="the healed card")
    assert api.metric(BEGUN, model=model) == 0
    assert api.metric("rookery_api_champion_current", model=model) == 1
    assert api.terminate() == 0


def test_a_process_that_starts_with_an_endless_bundle_serves_the_others(
    tracking: TrackingServer, new_model: NewModel, tmp_path: Path
) -> None:
    sick, sound = new_model("sex"), new_model("sex")
    sick.promote(endless(make_bundle(sick.spec)))
    sound.promote(make_bundle(sound.spec))
    alone = tmp_path / "specs"
    alone.mkdir()
    for registered in (sick, sound):
        write_spec(alone, registered.spec)

    with ApiProcess(tmp_path, tracking.settings, alone, load_seconds=20) as api:
        eventually(lambda: api.predict(sound.spec.name, ROW).status_code == 200)
        eventually(lambda: api.client.get("/readyz").status_code == 200)
        refused = api.predict(sick.spec.name, ROW)

        assert (refused.status_code, refused.json()["reason"]) == (503, "champion_broken")
        assert api.terminate() == 0


def child_of(api: ApiProcess) -> psutil.Process | None:
    """The child of the process that reads a bundle now."""
    for child in psutil.Process(api.process.pid).children():
        try:
            if READER in child.cmdline() and child.status() != psutil.STATUS_ZOMBIE:
                return child
        except psutil.NoSuchProcess:
            continue
    return None


def hold(api: ApiProcess, registered: RegisteredModel, made: FittedBundle) -> psutil.Process:
    """The child that reads the newly promoted bundle, stopped: it never comes to an answer."""
    with ThreadPoolExecutor(1) as other:
        promoted = other.submit(registered.promote, made)
        deadline = time.monotonic() + 90
        while (child := child_of(api)) is None:
            assert time.monotonic() < deadline, "no child was started"
        os.kill(child.pid, signal.SIGSTOP)
        promoted.result()
    return child


def test_a_child_that_hangs_is_refused_and_the_next_bundle_read(
    api: ApiProcess, registered_models: tuple[RegisteredModel, RegisteredModel]
) -> None:
    sick, sound = registered_models
    model = sick.spec.name

    child = hold(api, sick, make_bundle(sick.spec, seed=4))
    loading = api.card(model)
    version = sound.promote(make_bundle(sound.spec, seed=5))
    api.await_version(sound.spec.name, version)

    assert "being fetched" in loading["registry"]["error"]
    assert api.metric(ERRORS, model=model, reason="refused") >= 1
    assert not child.is_running()
    # It is tried again, and nothing holds it now.
    api.await_version(model, "2")


def test_an_alias_set_back_ends_the_child_and_heals(
    registered_models: tuple[RegisteredModel, RegisteredModel], start: StartAlone
) -> None:
    api = start(load_seconds=600)
    sick, _ = registered_models
    model = sick.spec.name

    child = hold(api, sick, make_bundle(sick.spec, seed=4))
    sick.set_champion("1")

    eventually(lambda: api.card(model)["registry"]["error"] is None, what="the healed card")
    eventually(lambda: not child.is_running(), what="the end of the child")
    assert api.predict(model, ROW).json()["model"]["version"] == "1"


def test_sigterm_does_not_wait_for_a_child(
    registered_models: tuple[RegisteredModel, RegisteredModel], start: StartAlone
) -> None:
    api = start(load_seconds=600)
    sick, _ = registered_models

    child = hold(api, sick, make_bundle(sick.spec, seed=4))

    assert api.terminate() == 0
    assert not child.is_running()


def test_killed_process_leaves_no_child(
    registered_models: tuple[RegisteredModel, RegisteredModel], start: StartAlone
) -> None:
    api = start(load_seconds=600)
    sick, _ = registered_models
    child = hold(api, sick, make_bundle(sick.spec, seed=4))
    os.kill(child.pid, signal.SIGCONT)

    api.kill()

    eventually(lambda: not child.is_running(), what="the end of the child")


def test_sigterm_does_not_wait_for_a_batch(
    registered_models: tuple[RegisteredModel, RegisteredModel], start: StartAlone
) -> None:
    api = start(grace_seconds=1)
    heavy, sound = registered_models
    version = heavy.promote(slow(make_bundle(heavy.spec), points=700_000))
    api.await_version(heavy.spec.name, version)
    body = {"instances": [ROW] * 1000}

    with ThreadPoolExecutor(4) as callers:
        for _ in range(4):
            callers.submit(api.client.post, f"/predict/{heavy.spec.name}", json=body)
        eventually(lambda: api.metric("rookery_api_requests_in_flight") >= 4)
        batch = api.client.post(f"/predict/{sound.spec.name}", json=body)
        started = time.monotonic()
        api.process.send_signal(signal.SIGTERM)

        assert batch.status_code == 200
        assert api.process.wait(timeout=25) == 0
        assert time.monotonic() - started < 25
