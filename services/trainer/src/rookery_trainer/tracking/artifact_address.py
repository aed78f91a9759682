"""Addresses of artifacts: only those that the tracking server passes on are used.

Anybody who may write to MLflow can make an experiment whose artifacts are anywhere, and MLflow's
client would go there, with the trainer's password where it is asked for one.
"""

from rookery_core.errors import Refused


def artifact_path(address: str) -> str | None:
    """Returns the path below the proxied artifact root; None for an address that is not proxied."""
    scheme, _, path = address.partition(":")
    # After `//` comes the name of another server.
    is_proxied = scheme == "mlflow-artifacts" and not path.startswith("//")
    return path.strip("/") if is_proxied else None


def require_proxied(address: str, whose: str) -> None:
    """Checks that the artifacts are below the tracking server's own root.

    Raises:
        Refused: they would be put to, or fetched from, somewhere else.
    """
    if artifact_path(address) is None:
        raise Refused(
            f"the artifacts of {whose} lie at {address[:200]!r}, which is not passed on by the "
            "tracking server; let it serve its artifacts (--artifacts-destination), and rename or "
            "remove for good what was made otherwise"
        )
