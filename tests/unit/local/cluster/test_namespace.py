"""Which cluster and namespace a command means."""

from pathlib import Path

import pytest

from rookery_core.errors import Refused, Unavailable
from rookery_local.cluster.namespace import connect
from rookery_local.process.ports import free_ports

KUBECONFIG = """
apiVersion: v1
kind: Config
current-context: kind-rookery
clusters: [{{name: c, cluster: {{server: "http://127.0.0.1:{port}"}}}}]
users: [{{name: u, user: {{}}}}]
contexts:
  - {{name: kind-rookery, context: {{cluster: c, user: u}}}}
  - {{name: work, context: {{cluster: c, user: u, namespace: ml}}}}
"""


@pytest.fixture
def kubeconfig(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A kubeconfig of two contexts, whose server does not answer."""
    path = tmp_path / "kubeconfig"
    path.write_text(KUBECONFIG.format(port=free_ports(1)[0]))
    monkeypatch.setenv("KUBECONFIG", str(path))
    return path


@pytest.mark.parametrize(
    ("context", "namespace", "expected"),
    [
        (None, None, ("kind-rookery", "default")),
        ("work", None, ("work", "ml")),
        ("work", "other", ("work", "other")),
    ],
)
def test_the_namespace_is_chosen_as_kubectl_would(
    kubeconfig: Path, context: str | None, namespace: str | None, expected: tuple[str, str]
) -> None:
    found = connect(context, namespace)

    assert (found.context, found.name) == expected


def test_an_unknown_context_is_refused_with_the_known_ones(kubeconfig: Path) -> None:
    with pytest.raises(Refused, match=r"no context 'prod'; there are \['kind-rookery', 'work'\]"):
        connect("prod")


def test_without_a_kubeconfig_the_error_says_how_to_get_a_cluster(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KUBECONFIG", str(tmp_path / "none"))

    with pytest.raises(Refused, match="`make up` makes one"):
        connect()


def test_a_server_that_does_not_answer_is_unavailable(kubeconfig: Path) -> None:
    with pytest.raises(Unavailable, match="'kind-rookery' does not answer"):
        connect().cron_job("trainer-species")
