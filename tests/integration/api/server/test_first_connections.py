"""A new pod is refused for a moment: the API, and the program of `helm test` that asks it."""

from pathlib import Path

from tests.integration.api.support.fixture_types import NewModel, StartApi
from tests.integration.helm_tests.test_first_connections import started
from tests.late import late, outlasted
from tools.harness.api_process import ApiProcess
from tools.harness.bundles import make_bundle
from tools.harness.polling import eventually

from rookery_core.settings import TrackingSettings
from rookery_local.servers.tracking_server import TrackingServer


def test_a_champion_arrives_though_mlflow_refuses_at_first(
    tracking: TrackingServer, new_model: NewModel, specs: Path, tmp_path: Path
) -> None:
    registered = new_model("species")
    registered.promote(make_bundle(registered.spec))

    with (
        late(tracking.port) as refusing,
        ApiProcess(
            tmp_path, TrackingSettings(url=f"http://127.0.0.1:{refusing.port}"), specs
        ) as api,
    ):
        eventually(
            lambda: api.card(registered.spec.name)["registry"]["error"], what="a failed look"
        )
        refusing.open()

        api.await_version(registered.spec.name, "1")


def test_predictions_are_compared_though_both_servers_refuse_at_first(
    tracking: TrackingServer, new_model: NewModel, start_api: StartApi
) -> None:
    registered = new_model("species")
    registered.promote(make_bundle(registered.spec))
    api = start_api()
    api.await_version(registered.spec.name, "1")

    with late(tracking.port) as mlflow, late(api.port) as served:
        environment = {
            "ROOKERY_MLFLOW_URL": f"http://127.0.0.1:{mlflow.port}",
            "ROOKERY_API_URL": f"http://127.0.0.1:{served.port}",
        }

        process = started("prediction", registered.spec.name, environment=environment)
        code, events = outlasted(process, mlflow, served)

    assert code == 0, events
