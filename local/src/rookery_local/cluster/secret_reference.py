"""A value that a Deployment takes from a Secret: which, what it is, and which command prints it."""

from dataclasses import dataclass

from rookery_local.cluster.namespace import Namespace, NotThere, Object


@dataclass(frozen=True)
class SecretReference:
    """A key of a Secret."""

    secret: str
    key: str

    def value(self, namespace: Namespace) -> str:
        """What is there; NotThere where there is no such Secret or key."""
        try:
            return namespace.secret(self.secret)[self.key]
        except KeyError:
            raise NotThere(
                f"Secret {self.secret!r} of namespace {namespace.name!r} has no key {self.key!r}; "
                "add it, as values name the Secret"
            ) from None

    def command(self, namespace: Namespace) -> str:
        """What prints it to whoever may read Secrets."""
        where = f"--context {namespace.context} --namespace {namespace.name}"
        template = f'{{{{index .data "{self.key}" | base64decode}}}}'
        return f"kubectl {where} get secret {self.secret} -o go-template='{template}'"


def referenced(namespace: Namespace, deployment: str, variable: str) -> SecretReference | None:
    """What the variable of the Deployment's containers is taken from; None where there is none.

    A release of other values reads other Secrets: its Deployments know which.
    """
    try:
        pod = namespace.deployment(deployment)["spec"]["template"]["spec"]
    except NotThere:
        return None
    containers = [*pod.get("initContainers", []), *pod["containers"]]
    return next((found for each in containers if (found := _named(each, variable))), None)


def _named(container: Object, variable: str) -> SecretReference | None:
    for each in container.get("env", []):
        if each["name"] == variable and (found := each.get("valueFrom", {}).get("secretKeyRef")):
            return SecretReference(str(found["name"]), str(found["key"]))
    return None
