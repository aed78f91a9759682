"""Kubernetes objects that several tests make: each from its file in `manifests/`."""

from collections.abc import Iterator

import yaml
from tests.e2e.support.cluster import Object
from tests.some import some
from tools.checkout import ROOT

MANIFESTS = ROOT / "tests" / "e2e" / "manifests"


def read(name: str, **values: str) -> Iterator[Object]:
    """Reads the objects of a file, with these words in it replaced."""
    text = (MANIFESTS / f"{name}.yaml").read_text()
    for word, value in values.items():
        text = text.replace(word, value)
    yield from yaml.safe_load_all(text)


def images() -> list[str]:
    """Returns every image that the files name."""
    found = {
        container["image"]
        for path in some(MANIFESTS.glob("*.yaml"))
        for each in read(path.stem)
        for container in _pod_spec(each).get("containers", ())
    }
    return sorted(found)


def pod(name: str, *command: str) -> Object:
    """Makes a hardened pod that runs this once; its container is `main`."""
    (made,) = read("hardened-pod")
    made["metadata"].update(name=name, labels={"app": name})
    made["spec"]["containers"][0]["command"] = list(command)
    return made


def python_pod(name: str, program: str) -> Object:
    """Makes a hardened pod that runs a Python program once."""
    return pod(name, "python3", "-u", "-c", program)


def main_container(pod: Object) -> Object:
    """Returns the first container of a pod."""
    container: Object = pod["spec"]["containers"][0]
    return container


def template(pod: Object) -> Object:
    """Makes the pod the template of a Job."""
    return {"metadata": {"labels": pod["metadata"]["labels"]}, "spec": pod["spec"]}


def job(name: str, pod: Object, **spec: object) -> Object:
    """Makes a Job of that pod."""
    return {
        "apiVersion": "batch/v1",
        "kind": "Job",
        "metadata": {"name": name},
        "spec": {"template": template(pod), **spec},
    }


def service(name: str, port: int) -> Object:
    """Makes a Service of the pods with that name."""
    return {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": name},
        "spec": {"selector": {"app": name}, "ports": [{"port": port}]},
    }


def _pod_spec(each: Object) -> Object:
    spec: Object = each.get("spec", {})
    inner: Object = spec.get("template", {}).get("spec", spec)
    return inner
