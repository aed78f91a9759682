"""A value that a Deployment takes from a Secret, and the command that prints it."""

from dataclasses import dataclass

from rookery_local.cluster.namespace import Namespace, NotThere, Object


@dataclass(frozen=True)
class SecretReference:
    """A key of a Secret."""

    secret: str
    key: str

    def value(self, namespace: Namespace) -> str:
        """Reads the value; raises NotThere if there is no such Secret or key."""
        try:
            return namespace.secret(self.secret)[self.key]
        except KeyError:
            raise NotThere(
                f"Secret {self.secret!r} of namespace {namespace.name!r} has no key {self.key!r}; "
                "add it, as values name the Secret"
            ) from None

    def command(self, namespace: Namespace) -> str:
        """Writes the command that prints the value to a person who may read Secrets."""
        where = f"--context {namespace.context} --namespace {namespace.name}"
        template = f'{{{{index .data "{self.key}" | base64decode}}}}'
        return f"kubectl {where} get secret {self.secret} -o go-template='{template}'"


def referenced(namespace: Namespace, deployment: str, variable: str) -> SecretReference | None:
    """Finds the Secret's key from which the Deployment takes the variable; None if it takes none.

    The names of Secrets depend on the values of the release, so they are read from its Deployments.
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
