"""Which connections NetworkPolicies let through, by their definition.

https://kubernetes.io/docs/concepts/services-networking/network-policies/
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from ipaddress import ip_address, ip_network

from tests.chart.manifests import Object, selects


@dataclass(frozen=True)
class Place:
    """A pod, or an address outside of the cluster (without a namespace)."""

    name: str
    namespace: str | None
    labels: dict[str, str] = field(default_factory=dict)
    address: str = "10.244.0.7"
    ports: dict[str, int] = field(default_factory=dict)
    """The pod's named container ports: a policy may name one."""

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True)
class Attempt:
    """A connection that someone would make."""

    source: Place
    target: Place
    port: int
    protocol: str = "TCP"


def allowed(policies: Sequence[Object], attempt: Attempt) -> bool:
    """Whether the source may leave for that port of the target, and the target lets it in."""
    return _side(policies, "Egress", attempt) and _side(policies, "Ingress", attempt)


def _side(policies: Sequence[Object], direction: str, attempt: Attempt) -> bool:
    """Policies add up; a pod that none selects for a direction is open in it."""
    leaving = direction == "Egress"
    own, other = attempt.source, attempt.target
    if not leaving:
        own, other = other, own
    applying = [p for p in policies if direction in _types(p["spec"]) and _applies(p, own)]
    if not applying:
        return True
    return any(
        _any_port(rule.get("ports"), attempt)
        and _any_peer(rule.get("to" if leaving else "from"), other, policy["metadata"]["namespace"])
        for policy in applying
        for rule in policy["spec"].get(direction.lower()) or ()
    )


def _types(spec: Object) -> list[str]:
    return list(spec.get("policyTypes") or ["Ingress", *(["Egress"] if "egress" in spec else [])])


def _applies(policy: Object, own: Place) -> bool:
    same = policy["metadata"]["namespace"] == own.namespace
    return same and selects(policy["spec"].get("podSelector") or {}, own.labels)


def _any_port(ports: Iterable[Object] | None, attempt: Attempt) -> bool:
    """No list of ports means every port."""
    return not ports or any(_port(each, attempt) for each in ports)


def _port(rule: Object, attempt: Attempt) -> bool:
    wanted = rule.get("port", attempt.port)
    first: int = attempt.target.ports.get(wanted, -1) if isinstance(wanted, str) else wanted
    last: int = rule.get("endPort", first)
    return rule.get("protocol", "TCP") == attempt.protocol and first <= attempt.port <= last


def _any_peer(peers: Iterable[Object] | None, other: Place, namespace: str) -> bool:
    """No list of peers means everywhere."""
    return not peers or any(_peer(each, other, namespace) for each in peers)


def _peer(peer: Object, other: Place, namespace: str) -> bool:
    if block := peer.get("ipBlock"):
        address = ip_address(other.address)
        kept_out = any(address in ip_network(each) for each in block.get("except", ()))
        return address in ip_network(block["cidr"]) and not kept_out
    if other.namespace is None:
        return False
    if (namespaces := peer.get("namespaceSelector")) is not None:
        labels = {"kubernetes.io/metadata.name": other.namespace}
        if not selects(namespaces, labels):
            return False
    elif other.namespace != namespace:
        return False
    return selects(peer.get("podSelector") or {}, other.labels)
