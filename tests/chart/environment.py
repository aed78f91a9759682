"""The environment of a container as Kubernetes will make it from the rendered objects."""

import base64
import re
from collections.abc import Sequence

from tests.chart.manifests import Object, Pod

UID = "0b5f7c1e-9a70-4c0e-8d1f-2f6f0a9c7e11"
FIELDS = {
    "metadata.labels['batch.kubernetes.io/controller-uid']": UID,
    "metadata.annotations['batch.kubernetes.io/job-completion-index']": "3",
    "metadata.labels['batch.kubernetes.io/job-completion-index']": "3",
    "metadata.namespace": "penguins",
    "metadata.name": "a-pod",
    "status.podIP": "10.0.0.7",
    "status.hostIP": "10.0.0.1",
    "spec.nodeName": "a-node",
}
REFERENCE = re.compile(r"\$\(([A-Za-z_][A-Za-z0-9_]*)\)")


def environment(container: Object, objects: Sequence[Object]) -> dict[str, str]:
    """Every variable with its value; a key that a rendered Secret or ConfigMap lacks is an error.

    What the release does not render itself (an existing Secret) is `given-in-the-cluster`.
    """
    made: dict[str, str] = {}
    for source in container.get("envFrom", ()):
        prefix = source.get("prefix", "")
        for kind, reference in (("Secret", "secretRef"), ("ConfigMap", "configMapRef")):
            for key, value in _data(kind, source.get(reference, {}).get("name"), objects).items():
                made[prefix + key] = value
    for each in container.get("env", ()):
        if each["name"] in made:
            raise AssertionError(f"{each['name']} is there twice")
        found = _value(each, objects)
        if found is not None:
            made[each["name"]] = expanded(found, made)
    return made


def expanded(text: str, variables: dict[str, str]) -> str:
    """The text with `$(NAME)` replaced by earlier variables."""
    return REFERENCE.sub(lambda found: variables.get(found[1], found[0]), text)


def arguments(container: Object, variables: dict[str, str]) -> list[str]:
    """The container's arguments, its variables put in."""
    return [expanded(each, variables) for each in container.get("args", ())]


def _value(each: Object, objects: Sequence[Object]) -> str | None:
    source = each.get("valueFrom")
    if source is None:
        value = each.get("value", "")
        assert isinstance(value, str), f"{each['name']} is no text: {value!r}"
        return value
    if "fieldRef" in source:
        return FIELDS[source["fieldRef"]["fieldPath"]]
    for kind, reference in (("Secret", "secretKeyRef"), ("ConfigMap", "configMapKeyRef")):
        if reference in source:
            return _of_key(kind, source[reference], objects)
    raise AssertionError(f"{each['name']} comes from {sorted(source)}")


def _of_key(kind: str, reference: Object, objects: Sequence[Object]) -> str | None:
    named, key = reference["name"], reference["key"]
    rendered = {e["metadata"]["name"] for e in objects if e["kind"] == kind}
    if named not in rendered:
        return None if reference.get("optional") else "given-in-the-cluster"
    data = _data(kind, named, objects)
    assert key in data or reference.get("optional"), f"{kind} {named} has no key {key}"
    return data.get(key)


def _data(kind: str, named: str | None, objects: Sequence[Object]) -> dict[str, str]:
    found = [e for e in objects if e["kind"] == kind and e["metadata"]["name"] == named]
    data: dict[str, str] = {}
    for each in found:
        decode = kind == "Secret"
        for key, value in (each.get("data") or {}).items():
            data[key] = base64.b64decode(value).decode() if decode else value
        data |= each.get("stringData") or {}
    return data


def program(pod: Pod, container: Object) -> str:
    """Which of our images it runs: `api`, `trainer`, ..., or `postgres`, `traefik`."""
    repository = str(container["image"]).split("@")[0].rsplit("/", 1)[-1]
    return repository.split(":")[0]
