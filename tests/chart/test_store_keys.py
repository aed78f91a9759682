"""Each part has a key of its own to the object store; the first key is for who makes the others."""

from collections.abc import Sequence

import pytest
from tests.chart.chart import Chart, Values, merged, nested
from tests.chart.manifests import Object, of_kind, one, pods
from tests.some import some

from rookery_ingest.bootstrap.store_rights import USERS

OF_PARTS = {
    "mlflow": "mlflow",
    "ingest": "ingest",
    "trainer": "trainer",
    "retention": "retention",
}
"""By part, whose keys its pods have."""
ROOT = {"minio", "databases"}
"""Parts that see the first key: the server, and who makes users."""
OWN_STORE: Values = {
    "minio": {"enabled": False},
    "global": {"s3": {"endpoint": "https://s3.example.net", "existingSecret": "mine"}},
}


def keys(objects: Sequence[Object]) -> dict[str, set[str]]:
    """By part, the keys of the store's Secret that its containers see."""
    found: dict[str, set[str]] = {}
    for pod in some(pods(objects)):
        for container in pod.containers:
            for each in container.get("env", ()):
                reference = each.get("valueFrom", {}).get("secretKeyRef", {})
                if reference.get("name") in ("s3", "mine"):
                    part = pod.labels["app.kubernetes.io/name"]
                    found.setdefault(part, set()).add(reference["key"])
    return found


def pair(prefix: str = "") -> set[str]:
    """Returns the names of a key pair in the Secret."""
    return {f"{prefix}access-key", f"{prefix}secret-key"}


@pytest.mark.parametrize(
    "values",
    [
        {},
        merged(nested("global.s3.credentials", "each"), nested("global.s3.existingSecret", "mine")),
    ],
    ids=["of the chart", "of a Secret with all of them"],
)
def test_each_part_has_its_own_key_and_no_other(chart: Chart, values: Values) -> None:
    found = keys(chart.render(values))

    of_users = {key for user in some(USERS) for key in pair(f"{user}-")}
    assert {part: found[part] for part in some(OF_PARTS)} == {
        part: pair(f"{user}-") for part, user in OF_PARTS.items()
    }
    assert found["minio"] == pair()
    assert found["databases"] == pair() | of_users
    assert found["test"] == of_users  # it tries their rights
    assert set(found) == set(OF_PARTS) | ROOT | {"test"}


@pytest.mark.parametrize(
    "values",
    [
        OWN_STORE,
        nested("global.s3.existingSecret", "mine"),
        nested("global.s3.credentials", "keys"),
    ],
    ids=["a store of one's own", "a Secret of one's own", "asked for"],
)
def test_values_of_the_first_release_go_on_with_one_key(chart: Chart, values: Values) -> None:
    found = keys(chart.render(values))

    assert found["mlflow"] == found["trainer"] == found["databases"] == pair()
    assert {key for several in some(found.values()) for key in several} == pair()


def test_the_secret_has_a_key_for_every_user_and_all_differ(chart: Chart) -> None:
    data = one(chart.render({}), "Secret", "s3")["data"]

    assert set(data) == pair() | {key for user in USERS for key in pair(f"{user}-")}
    assert len(set(data.values())) == len(data)


def test_with_one_key_the_secret_has_no_other(chart: Chart) -> None:
    data = one(chart.render(nested("global.s3.credentials", "keys")), "Secret", "s3")["data"]

    assert set(data) == pair()


def test_by_identity_there_is_neither_a_secret_nor_a_key(chart: Chart) -> None:
    values = merged(
        OWN_STORE, nested("global.s3", {"existingSecret": "", "credentials": "identity"})
    )
    objects = chart.render(values)

    assert "s3" not in [each["metadata"]["name"] for each in some(of_kind(objects, "Secret"))]
    assert keys(objects) == {}
