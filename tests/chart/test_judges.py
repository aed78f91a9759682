"""What the tests of the chart judge by tells good from bad."""

from copy import deepcopy

import pytest
import yaml
from tests.chart.chart import merged, nested
from tests.chart.environment import environment
from tests.chart.manifests import Object, Pod, parse
from tests.chart.network import Attempt, Place, allowed
from tests.chart.pod_security import hardened, restricted, unprobed
from tests.chart.quantities import quantity

GOOD: Object = yaml.safe_load(
    """
    enableServiceLinks: false
    automountServiceAccountToken: false
    securityContext:
      {runAsNonRoot: true, runAsUser: 1, runAsGroup: 1, seccompProfile: {type: RuntimeDefault}}
    containers:
      - name: main
        image: example:1.2.3
        imagePullPolicy: IfNotPresent
        resources: {requests: {cpu: 1m, memory: 1Mi}, limits: {memory: 1Mi}}
        ports: [{name: http, containerPort: 8000}]
        securityContext:
          allowPrivilegeEscalation: false
          readOnlyRootFilesystem: true
          capabilities: {drop: [ALL]}
    """
)
IN_POD: tuple[tuple[str, object], ...] = (
    ("enableServiceLinks", True),
    ("automountServiceAccountToken", True),
    ("hostNetwork", True),
    ("serviceAccountName", "somebody"),
    ("securityContext.runAsNonRoot", False),
    ("securityContext.runAsUser", 0),
    ("securityContext.runAsGroup", 0),
    ("securityContext.seccompProfile.type", "Unconfined"),
    ("volumes", [{"name": "host", "hostPath": {"path": "/"}}]),
)
IN_CONTAINER: tuple[tuple[str, object], ...] = (
    ("imagePullPolicy", ""),
    ("resources.requests.cpu", None),
    ("resources.limits", {"cpu": "1"}),
    ("ports", [{"containerPort": 8000}]),
    ("ports", [{"name": "http", "containerPort": 8000, "hostPort": 80}]),
    ("securityContext.privileged", True),
    ("securityContext.allowPrivilegeEscalation", True),
    ("securityContext.readOnlyRootFilesystem", False),
    ("securityContext.capabilities.drop", []),
    ("securityContext.capabilities.add", ["SYS_ADMIN"]),
)
POLICY: Object = yaml.safe_load(
    """
    metadata: {name: server, namespace: home}
    spec:
      podSelector: {matchLabels: {app: server}}
      policyTypes: [Ingress]
      ingress:
        - from: [{podSelector: {matchExpressions: [{key: app, operator: In, values: [client]}]}}]
          ports: [{port: http}]
        - from: [{ipBlock: {cidr: 192.0.2.0/24, except: [192.0.2.128/25]}}]
          ports: [{port: 9000, endPort: 9001}]
    """
)
SERVER = Place("server", "home", {"app": "server"}, ports={"http": 8000})
CLIENT = Place("client", "home", {"app": "client"})
OUTSIDE = Place("outside", None, address="192.0.2.7")


def _pod(spec: Object) -> Pod:
    return Pod("Deployment", "main", {}, spec)


def _said(spec: Object) -> list[str]:
    return restricted(_pod(spec)) + hardened(_pod(spec))


def test_a_good_pod_passes() -> None:
    assert _said(GOOD) == []


@pytest.mark.parametrize(("path", "value"), IN_POD, ids=str)
def test_a_bad_pod_does_not(path: str, value: object) -> None:
    assert _said(merged(GOOD, nested(path, value)))


@pytest.mark.parametrize(("path", "value"), IN_CONTAINER, ids=str)
def test_a_bad_container_does_not(path: str, value: object) -> None:
    bad = deepcopy(GOOD)
    container = merged(bad["containers"][0], nested(path, value))
    if path == "resources.requests.cpu":
        del bad["containers"][0]["resources"]["requests"]["cpu"]
    elif path == "resources.limits":
        bad["containers"][0]["resources"]["limits"] = value
    else:
        bad["containers"][0] = container

    assert _said(bad)


@pytest.mark.parametrize(
    ("source", "port", "passes"),
    [
        (CLIENT, 8000, True),
        (CLIENT, 9000, False),
        (Place("client elsewhere", "away", {"app": "client"}), 8000, False),
        (Place("another", "home", {"app": "another"}), 8000, False),
        (OUTSIDE, 8000, False),
        (OUTSIDE, 9001, True),
        (OUTSIDE, 9002, False),
        (Place("outside, left out", None, address="192.0.2.200"), 9000, False),
    ],
    ids=str,
)
def test_a_policy_lets_through_what_it_names(source: Place, port: int, passes: bool) -> None:
    assert allowed([POLICY], Attempt(source, SERVER, port)) is passes


def test_a_pod_that_no_policy_selects_is_open() -> None:
    assert allowed([POLICY], Attempt(OUTSIDE, CLIENT, 22))


def test_a_policy_without_rules_closes() -> None:
    closed = {"metadata": {"namespace": "home"}, "spec": {"policyTypes": ["Egress"]}}

    assert not allowed([closed], Attempt(CLIENT, SERVER, 8000))
    assert not allowed([POLICY, closed], Attempt(CLIENT, SERVER, 8000))


def test_a_key_that_is_there_twice_is_refused() -> None:
    with pytest.raises(yaml.YAMLError, match="twice"):
        parse("kind: Secret\nkind: Pod\n")


def test_a_key_that_a_rendered_secret_lacks_is_an_error() -> None:
    source = {"secretKeyRef": {"name": "s3", "key": "typo"}}
    container = {"env": [{"name": "KEY", "valueFrom": source}]}
    secret = {"kind": "Secret", "metadata": {"name": "s3"}, "data": {"key": "YQ=="}}

    with pytest.raises(AssertionError, match="no key typo"):
        environment(container, [secret])


@pytest.mark.parametrize(
    ("text", "number"), [("250m", 0.25), (2, 2.0), ("1Gi", 2.0**30), ("1.5", 1.5), ("3M", 3e6)]
)
def test_quantities_are_numbers(text: str | int, number: float) -> None:
    assert quantity(text) == number


@pytest.mark.parametrize("asks", [{"exec": None}, {"exec": {}}, {"httpGet": {"port": "http"}}, {}])
def test_a_probe_that_asks_nothing_is_none(asks: dict[str, object]) -> None:
    sound = {"tcpSocket": {"port": "http"}}
    container = {"name": "c", "startupProbe": sound, "readinessProbe": asks, "livenessProbe": sound}

    said = unprobed(Pod("Deployment", "d", {}, {"containers": [container]}))

    assert said == ["c: has no readinessProbe"]
