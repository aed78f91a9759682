"""Rendered manifests: parsed strictly, and the pods and containers in them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import yaml
from tests.some import some

Object = dict[str, Any]
"""A manifest or a part of one; what is in it, only Kubernetes' schema knows."""


class Unique(yaml.CSafeLoader):
    """Refuses a key that is there twice: YAML would let the last one win without a word."""


def _mapping(loader: Unique, node: yaml.MappingNode) -> Object:
    keys = [loader.construct_object(key, deep=True) for key, _ in node.value]
    twice = sorted({str(key) for key in keys if keys.count(key) > 1})
    if twice:
        raise yaml.YAMLError(f"keys {twice} are there twice, {node.start_mark}")
    loader.flatten_mapping(node)
    return {
        loader.construct_object(key, deep=True): loader.construct_object(value, deep=True)
        for key, value in node.value
    }


Unique.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, _mapping)


def parse(text: str) -> list[Object]:
    """The objects of a stream of documents, empty ones left out."""
    # Unique is a safe loader.
    return [each for each in yaml.load_all(text, Unique) if each]


@dataclass(frozen=True)
class Pod:
    """A pod as a controller will make it."""

    kind: str
    owner: str
    metadata: Object
    spec: Object

    def __str__(self) -> str:
        return f"{self.kind}/{self.owner}"

    @property
    def labels(self) -> dict[str, str]:
        """The pod's own labels."""
        return dict(self.metadata.get("labels", {}))

    @property
    def containers(self) -> list[Object]:
        """All containers, those that run first included; a pod has one at least."""
        return [*self.spec.get("initContainers", ()), *some(self.spec["containers"])]


def name(each: Object) -> str:
    """`Kind/name`."""
    return f"{each['kind']}/{each['metadata']['name']}"


def of_kind(objects: Sequence[Object], *kinds: str, when: bool = True) -> list[Object]:
    """The objects of these kinds, of which there must be some, or none where not `when`."""
    return some((each for each in objects if each["kind"] in kinds), when)


def one(objects: Sequence[Object], kind: str, named: str) -> Object:
    """The object of that kind and name."""
    (found,) = (each for each in of_kind(objects, kind) if each["metadata"]["name"] == named)
    return found


def pods(objects: Sequence[Object]) -> list[Pod]:
    """Every pod that the objects describe, of which there must be some."""
    return some(_pods(objects))


def _pods(objects: Sequence[Object]) -> Iterator[Pod]:
    for each in objects:
        kind, spec = each["kind"], each.get("spec", {})
        if kind == "Pod":
            yield Pod(kind, each["metadata"]["name"], each["metadata"], spec)
            continue
        if kind == "CronJob":
            spec = spec["jobTemplate"]["spec"]
        if kind in ("CronJob", "Job", "Deployment", "StatefulSet", "DaemonSet"):
            template = spec["template"]
            yield Pod(kind, each["metadata"]["name"], template["metadata"], template["spec"])


def selects(selector: Object, labels: dict[str, str]) -> bool:
    """Whether a label selector, also one of expressions, matches; an empty one matches all."""
    wanted = selector.get("matchLabels", {}).items() <= labels.items()
    return wanted and all(_holds(each, labels) for each in selector.get("matchExpressions", ()))


def _holds(expression: Object, labels: dict[str, str]) -> bool:
    key, values = expression["key"], expression.get("values", [])
    return {
        "In": labels.get(key) in values,
        "NotIn": labels.get(key) not in values,
        "Exists": key in labels,
        "DoesNotExist": key not in labels,
    }[str(expression["operator"])]
