"""What the notes of an upgrade know of the Secrets, of which they say when one was lost.

That one was lost is seen in a cluster alone: tests/e2e/test_lost_secrets.py.
"""

import json
import re
import shutil

import pytest
from tests.chart.chart import CHART, Chart, Values, merged, nested
from tests.chart.manifests import of_kind, one
from tests.some import some

EVERY = merged(nested("api.access", "keys"), nested("global.mlflow.auth.enabled", True))
LOST = {
    "s3": ["minio", "mlflow"],
    "postgresql": ["mlflow", "notebook", "postgresql"],
    "notebook": ["notebook"],
}
TEMPLATE = """
apiVersion: v1
kind: ConfigMap
metadata: {name: asked}
data:
  ways: {{ include "rookery.waysBack" (dict "root" $ "lost" (fromJson `LOST`)) | quote }}
  nothing: {{ include "rookery.waysBack" (dict "root" $ "lost" dict) | quote }}
  drawn: {{ include "rookery.drawnSecrets" $ | quote }}
  lost: {{ include "rookery.lostSecrets" $ | quote }}
"""


@pytest.fixture(scope="module")
def showing(chart: Chart, tmp_path_factory: pytest.TempPathFactory) -> Chart:
    """A copy of the chart with an object that shows what its templates know."""
    copy = tmp_path_factory.mktemp("chart") / "rookery"
    shutil.copytree(CHART, copy)
    (copy / "templates" / "asked.yaml").write_text(TEMPLATE.replace("LOST", json.dumps(LOST)))
    return Chart(chart.helm, chart.home, copy)


def asked(showing: Chart, values: Values, what: str) -> dict[str, dict[str, str]]:
    """Returns what one of the templates answers."""
    shown = one(showing.render(values), "ConfigMap", "asked")
    found: dict[str, dict[str, str]] = json.loads(shown["data"][what])
    return found


@pytest.mark.parametrize("values", [EVERY, {}, nested("notebook.enabled", False)], ids=str)
def test_every_secret_that_the_chart_draws_is_known_with_its_keys(
    showing: Chart, values: Values
) -> None:
    known = asked(showing, values, "drawn")

    for secret in some(of_kind(showing.render(values), "Secret")):
        assert set(known[secret["metadata"]["name"]]) == set(secret["data"])


def test_what_values_give_is_known_and_an_existing_secret_is_nobody_of_ours(
    showing: Chart,
) -> None:
    given = asked(showing, nested("global.postgresql.passwords", {"trainer": "given"}), "drawn")
    existing = asked(showing, nested("global.postgresql.existingSecret", "theirs"), "drawn")

    assert given["postgresql"]["trainer"] == "given"
    assert given["postgresql"]["mlflow"] == ""
    assert "postgresql" not in existing


def test_without_a_cluster_nothing_is_called_lost(showing: Chart) -> None:
    assert asked(showing, EVERY, "lost") == {}


def test_every_reader_of_a_lost_secret_is_restarted_once_after_its_server_knows_the_values(
    showing: Chart,
) -> None:
    shown = one(showing.render({}), "ConfigMap", "asked")["data"]["ways"]

    commands = some(re.findall(r"^  kubectl --namespace penguins (.*)", shown, re.MULTILINE))
    restarts = [each for each in commands if each.startswith("rollout restart")]
    assert restarts == [
        "rollout restart deployment/postgresql",
        "rollout restart deployment/minio",
        "rollout restart deployment/mlflow deployment/notebook",
    ]
    assert commands[-1] == restarts[-1]
    assert "rollout status deployment/postgresql" in commands
    assert commands[-2].startswith("wait job/databases-")
    assert all(f"the Secret {secret}" in shown for secret in some(LOST))


def test_where_nothing_was_lost_the_notes_say_nothing_of_it(showing: Chart) -> None:
    assert one(showing.render({}), "ConfigMap", "asked")["data"]["nothing"] == ""
