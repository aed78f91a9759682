"""One spec that is none: its own model's state, at the API's start and under a running API."""

import os
from pathlib import Path

import pytest
from tests.bad_specs import BAD_FILES, MODEL
from tests.integration.api.support.fixture_types import NewModel, StartApi
from tests.integration.api.support.rows import ROW
from tools.harness.api_process import ApiProcess
from tools.harness.bundles import RegisteredModel, make_bundle
from tools.harness.polling import eventually
from tools.harness.specs import write_spec

from rookery_core.spec.model_spec import ModelSpec
from rookery_local.servers.tracking_server import TrackingServer

BROKEN = "name: ["


@pytest.fixture(scope="module")
def registered(new_model: NewModel) -> RegisteredModel:
    """A model whose spec is good and whose champion is promoted."""
    made = new_model("sex")
    made.promote(make_bundle(made.spec))
    return made


@pytest.fixture(scope="module")
def api(start_api: StartApi, registered: RegisteredModel) -> ApiProcess:
    """An API that was started beside every kind of bad file."""
    running = start_api()
    eventually(lambda: running.predict(registered.spec.name, ROW).status_code == 200)
    return running


@pytest.fixture(scope="module", autouse=True)
def crowd(specs: Path) -> list[str]:
    """The names of a file of each bad kind, which are there while the API starts."""
    names = [f"bad-{number}" for number in range(len(BAD_FILES))]
    for name, (_, make_at) in zip(names, BAD_FILES.values(), strict=True):
        make_at(specs / f"{name}.yaml")
    (specs / os.fsdecode(b"\xff no name.yaml")).write_text(BROKEN)
    return names


def test_api_that_starts_beside_bad_specs_serves_every_other_model(
    api: ApiProcess, registered: RegisteredModel
) -> None:
    health = api.management.get("/healthz").json()

    assert api.predict(registered.spec.name, ROW).status_code == 200
    assert api.client.get("/readyz").status_code == 200
    assert health["models"][registered.spec.name] == "serving"
    assert health["models"]["species"] == "no_champion"
    # What names no model that could be one is known by its file; the others are all `bad`.
    assert health["models"]["bad-0"] == health["models"]["quarantine"] == "spec_invalid"
    for path in ("/models", "/openapi.json", "/docs", "/"):
        assert api.client.get(path).status_code == 200, path


def test_route_and_card_of_a_bad_spec_say_why(api: ApiProcess) -> None:
    refused = api.predict("bad-0", ROW)
    card = api.card("bad-0")

    assert (refused.status_code, refused.json()["reason"]) == (503, "spec_invalid")
    assert "bad-0.yaml is not YAML" in refused.json()["detail"]
    assert len(refused.content) < 16 * 1024
    assert int(refused.headers["retry-after"]) >= 1
    assert (card["state"], card["contract"]) == ("spec_invalid", None)
    assert card["spec_error"] in refused.json()["detail"]
    assert api.metric("rookery_api_spec_valid", model="bad-0") == 0
    assert api.metric("rookery_api_spec_valid", model="species") == 1
    assert api.metric("rookery_api_refresh_errors_total", model="bad-0", reason="catalog") == 1
    assert "/predict/bad-0" not in api.client.get("/openapi.json").json()["paths"]
    for path in ("/invocations/bad-0", "/v2/models/bad-0/infer"):
        assert api.client.post(path, json={}).status_code == 503
    assert api.client.get("/v2/models/bad-0/ready").status_code == 503


@pytest.mark.parametrize("kind", BAD_FILES)
def test_spec_that_goes_bad_under_a_running_api_and_heals(
    api: ApiProcess, registered: RegisteredModel, specs: Path, crowd: list[str], kind: str
) -> None:
    said, make_at = BAD_FILES[kind]
    for name in crowd:
        remove(specs / f"{name}.yaml")
    path = specs / f"{MODEL}.yaml"
    good = registered.spec.model_copy(update={"name": MODEL})
    write_spec(specs, good)
    eventually(lambda: api.predict(MODEL, ROW).json()["reason"] == "no_champion")

    remove(path)
    make_at(path)

    found = eventually(lambda: invalid(api), what=said)
    assert said in found
    assert api.predict(registered.spec.name, ROW).status_code == 200
    remove(path)
    write_spec(specs, good)
    eventually(lambda: MODEL in api.management.get("/healthz").json()["models"])
    eventually(lambda: api.predict(MODEL, ROW).json()["reason"] == "no_champion")


def invalid(api: ApiProcess) -> str | None:
    """What is said of the one model whose spec is not valid."""
    cards = api.client.get("/models").json()["models"]
    said = [card["spec_error"] for card in cards if card["spec_error"]]
    return str(said[0]) if said else None


def remove(path: Path) -> None:
    """Nothing is at the path."""
    if path.is_dir():
        path.rmdir()
    else:
        path.unlink(missing_ok=True)


@pytest.mark.parametrize("cached", [True, False])
def test_champion_of_a_model_whose_spec_is_bad_is_served_by_a_new_process(
    tracking: TrackingServer, registered: RegisteredModel, tmp_path: Path, cached: bool
) -> None:
    alone = tmp_path / "specs"
    alone.mkdir()
    spec: ModelSpec = registered.spec
    path = write_spec(alone, spec)

    with ApiProcess(tmp_path, tracking.settings, alone) as api:
        if cached:
            eventually(lambda: api.predict(spec.name, ROW).status_code == 200)
        api.kill()
        path.write_text(BROKEN)
        api.start()

        eventually(lambda: api.predict(spec.name, ROW).status_code == 200)
        card = api.card(spec.name)
        assert (card["state"], card["contract"]["model"]) == ("serving", spec.name)
        assert "is not YAML" in card["spec_error"]
        assert f"/predict/{spec.name}" in api.client.get("/openapi.json").json()["paths"]
        write_spec(alone, spec)
        eventually(lambda: api.card(spec.name)["spec_error"] is None)


def test_folder_that_goes_away_changes_nothing(
    tracking: TrackingServer, registered: RegisteredModel, tmp_path: Path
) -> None:
    alone = tmp_path / "specs"
    alone.mkdir()
    model = registered.spec.name
    write_spec(alone, registered.spec)

    with ApiProcess(tmp_path, tracking.settings, alone) as api:
        eventually(lambda: api.predict(model, ROW).status_code == 200)
        alone.rename(tmp_path / "elsewhere")
        eventually(lambda: "is gone" in (api.client.get("/models").json()["catalog_error"] or ""))

        assert api.predict(model, ROW).status_code == 200
        (tmp_path / "elsewhere").rename(alone)
        eventually(lambda: api.client.get("/models").json()["catalog_error"] is None)


def test_a_model_that_is_left_out_is_nowhere(start_api: StartApi) -> None:
    api = start_api(without_models='["sex", "bad-0"]')

    listed = {card["name"] for card in api.client.get("/models").json()["models"]}

    assert "species" in listed
    assert not {"sex", "bad-0"} & listed
    assert api.client.get("/models/sex").status_code == 404
    assert api.predict("sex", ROW).status_code == 404
    assert "/predict/sex" not in api.client.get("/openapi.json").json()["paths"]
    assert "sex" not in api.management.get("/healthz").json()["models"]
