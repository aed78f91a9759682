"""The swap: a new champion without a failed request, a bad one without a trace."""

from collections.abc import Callable
from pathlib import Path

import psutil
import pytest
from tests.integration.api.support.bad_bundles import BAD, Bad, truncated
from tests.integration.api.support.fixture_types import NewModel, StartApi
from tests.integration.api.support.promotions import promote_under_load
from tests.integration.api.support.rows import ROW
from tests.some import some
from tools.harness.api_process import ApiProcess
from tools.harness.bundles import FittedBundle, RegisteredModel, make_bundle
from tools.harness.polling import eventually
from tools.harness.specs import write_spec

from rookery_core.registry_names import CHAMPION
from rookery_local.servers.tracking_server import TrackingServer

MIB = 1024 * 1024
ERRORS = "rookery_api_refresh_errors_total"


@pytest.fixture(scope="module")
def api(start_api: StartApi) -> ApiProcess:
    """An API."""
    return start_api()


def test_promotions_under_load_fail_no_request(api: ApiProcess, new_model: NewModel) -> None:
    registered = new_model("species")
    eventually(lambda: registered.spec.name in api.client.get("/models").text)

    outcome = promote_under_load(api, registered, count=4, pause=0.1)

    assert outcome.load.failures == []
    assert len(outcome.load.latencies) > 500
    assert outcome.answers.order == sorted(outcome.answers.order)
    assert set(outcome.answers.by_version) == set(outcome.golden)
    for version, found in some(outcome.answers.by_version.items()):
        assert found == {outcome.golden[version]}


@pytest.fixture(scope="module")
def reigning(api: ApiProcess, new_model: NewModel) -> tuple[RegisteredModel, FittedBundle, str]:
    """A model whose good champion is served."""
    registered = new_model("sex")
    made = make_bundle(registered.spec)
    eventually(lambda: registered.spec.name in api.client.get("/models").text)
    version = registered.promote(made)
    api.await_version(registered.spec.name, version)
    return registered, made, version


@pytest.mark.parametrize("spoil", BAD, ids=lambda spoil: spoil.__name__)
def test_bad_bundle_is_refused_and_the_old_champion_serves_on(
    api: ApiProcess,
    reigning: tuple[RegisteredModel, FittedBundle, str],
    tmp_path: Path,
    spoil: Callable[[FittedBundle, Path], Bad],
) -> None:
    registered, made, version = reigning
    canary = tmp_path / "canary"
    process = psutil.Process(api.process.pid)
    before = process.memory_info().rss

    bad = spoil(made, canary)
    named = registered.register(bad.made, bad.files)
    registered.set_champion(named)
    told = f"version {named} is not served"
    eventually(
        lambda: told in (api.card(registered.spec.name)["registry"]["error"] or ""), what=told
    )

    assert api.predict(registered.spec.name, ROW).json()["model"]["version"] == version
    card = api.card(registered.spec.name)
    assert card["state"] == "serving"
    assert card["registry"]["champion_version"] == named
    assert api.metric(ERRORS, model=registered.spec.name, reason="refused") > 0
    assert api.metric("rookery_api_champion_current", model=registered.spec.name) == 0
    assert not canary.exists()
    assert process.memory_info().rss - before < 50 * MIB


def test_good_version_after_bad_ones_is_served(
    api: ApiProcess, reigning: tuple[RegisteredModel, FittedBundle, str]
) -> None:
    registered, _, _ = reigning

    version = registered.promote(make_bundle(registered.spec, seed=7))

    api.await_version(registered.spec.name, version)
    eventually(lambda: api.card(registered.spec.name)["registry"]["error"] is None)
    assert api.metric("rookery_api_champion_current", model=registered.spec.name) == 1


@pytest.mark.parametrize("loss", ["alias", "version"])
def test_champion_serves_on_when_the_registry_forgets_it(
    api: ApiProcess, new_model: NewModel, loss: str
) -> None:
    registered = new_model("sex")
    eventually(lambda: registered.spec.name in api.client.get("/models").text)
    version = registered.promote(make_bundle(registered.spec))
    api.await_version(registered.spec.name, version)

    if loss == "alias":
        registered.client.delete_registered_model_alias(registered.spec.name, CHAMPION)
    else:
        registered.client.delete_model_version(registered.spec.name, version)

    eventually(lambda: api.metric(ERRORS, model=registered.spec.name, reason="alias_missing") > 0)
    assert api.predict(registered.spec.name, ROW).json()["model"]["version"] == version
    assert "serves on" in api.card(registered.spec.name)["registry"]["error"]
    assert api.metric("rookery_api_champion_current", model=registered.spec.name) == 0


def test_model_without_a_champion_says_so_and_answers_once_there_is_one(
    api: ApiProcess, new_model: NewModel
) -> None:
    registered = new_model("sex")
    model = registered.spec.name
    eventually(lambda: api.predict(model, ROW).status_code == 503)

    def reason() -> str:
        return str(api.predict(model, ROW).json()["reason"])

    eventually(lambda: reason() == "no_champion")
    answer = api.predict(model, ROW)
    assert answer.headers["content-type"] == "application/problem+json"
    assert int(answer.headers["retry-after"]) >= 1
    assert api.card(model)["state"] == "no_champion"
    assert api.client.get("/readyz").status_code == 200

    registered.promote(make_bundle(registered.spec))

    eventually(lambda: api.predict(model, ROW).status_code == 200)


def test_process_with_nothing_but_a_refused_champion_is_ready_and_says_so(
    tracking: TrackingServer, new_model: NewModel, tmp_path: Path
) -> None:
    registered = new_model("sex")
    model = registered.spec.name
    bad = truncated(make_bundle(registered.spec), tmp_path / "canary")
    registered.set_champion(registered.register(bad.made, bad.files))
    alone = tmp_path / "specs"
    alone.mkdir()
    write_spec(alone, registered.spec)

    with ApiProcess(tmp_path, tracking.settings, alone) as api:
        eventually(lambda: api.card(model)["state"] == "champion_broken")
        eventually(lambda: api.client.get("/readyz").status_code == 200)
        refused = api.predict(model, ROW)

        assert (refused.status_code, refused.json()["reason"]) == (503, "champion_broken")
        assert refused.headers["retry-after"]


def test_spec_added_and_removed_is_a_route_that_comes_and_goes(
    api: ApiProcess, new_model: NewModel, specs: Path
) -> None:
    registered = new_model("sex")
    model = registered.spec.name
    registered.promote(make_bundle(registered.spec))
    eventually(lambda: api.predict(model, ROW).status_code == 200)
    assert f"/predict/{model}" in api.client.get("/openapi.json").json()["paths"]

    write_spec(specs, registered.spec).unlink()

    eventually(lambda: api.predict(model, ROW).status_code == 404)
    assert f"/predict/{model}" not in api.client.get("/openapi.json").json()["paths"]


def test_spec_that_is_none_changes_nothing(
    api: ApiProcess, reigning: tuple[RegisteredModel, FittedBundle, str], specs: Path
) -> None:
    registered, _, _ = reigning
    broken = specs / "broken.yaml"

    broken.write_text("name: [")

    eventually(lambda: api.client.get("/models").json()["catalog_error"])
    assert api.predict(registered.spec.name, ROW).status_code == 200
    broken.unlink()
    eventually(lambda: api.client.get("/models").json()["catalog_error"] is None)


def test_history_tells_versions_decisions_and_evidence(
    api: ApiProcess, reigning: tuple[RegisteredModel, FittedBundle, str]
) -> None:
    registered, _, version = reigning

    def told() -> dict[str, object] | None:
        history = api.card(registered.spec.name)["history"]
        return next((card for card in history if card["version"] == version), None)

    card = eventually(told)
    assert card["decision"] == "promoted"
    assert card["epoch"] == int(version)
    assert card["evidence"] == {"rule": "first champion", "gain": 0.5}


def test_what_is_gone_from_the_registry_leaves_the_disk_before_the_card_says_so(
    start_api: StartApi, new_model: NewModel, tmp_path: Path
) -> None:
    registered = new_model("species")
    name, cache = registered.spec.name, tmp_path / "cache"
    api = start_api(cache_directory=cache)
    first, second = (make_bundle(registered.spec, seed=seed) for seed in (1, 2))
    gone = registered.promote(first)
    api.await_version(name, gone)
    api.await_version(name, registered.promote(second))
    bundles = cache / "bundles"
    assert (bundles / first.manifest_sha256).is_dir()

    registered.client.delete_model_version(name, gone)

    listed = eventually(
        lambda: (
            not any(
                each["version"] == gone
                for each in api.client.get(f"/models/{name}").json()["history"]
            )
        )
    )
    assert listed
    # The cache may hold bundles of other models, which this API serves too.
    held = {each.name for each in bundles.iterdir()}
    assert first.manifest_sha256 not in held
    assert second.manifest_sha256 in held
