"""Rendering again changes nothing where nothing was changed, under either Helm."""

import pytest
from tests.chart.cases import CASES, EXISTING, SECRETS
from tests.chart.chart import Chart, Values, merged
from tests.chart.manifests import Object, name, of_kind, pods


@pytest.mark.parametrize("values", CASES.values(), ids=CASES)
def test_random_secrets_restart_nothing(chart: Chart, values: Values) -> None:
    again = Chart(chart.helm, chart.home)

    first, second = ({name(e): e for e in each.render(values)} for each in (chart, again))

    differing = {key for key in first if first[key] != second.get(key)}
    assert {key for key in differing if not key.startswith("Secret/")} == set()
    assert first.keys() == second.keys()


@pytest.mark.parametrize("values", CASES.values(), ids=CASES)
def test_an_upgrade_without_a_change_changes_nothing_under_either_helm(
    chart: Chart, chart_of_helm3: Chart, values: Values
) -> None:
    assert chart.version.startswith("v4.")
    assert chart_of_helm3.version.startswith("v3.")

    fixed = merged(SECRETS if values == {} else EXISTING, values)
    if values in (CASES["kind"], CASES["keys"]):
        # The one asks for no key, the other gives its own.
        fixed = merged(fixed, {"api": {"existingSecret": ""}})

    # In whichever order: the two sort some kinds differently.
    by_name = [{name(each): each for each in c.render(fixed)} for c in (chart, chart_of_helm3)]
    assert by_name[0] == by_name[1]


def test_random_secrets_are_long_and_differ(chart: Chart) -> None:
    values = [
        value
        for secret in of_kind(chart.render({}), "Secret")
        for value in {**secret.get("data", {}), **secret.get("stringData", {})}.values()
    ]

    assert len(values) == len(set(values))
    assert min(map(len, values)) >= 20


def test_a_changed_password_restarts_those_who_read_it(chart: Chart) -> None:
    before = chart.render(SECRETS)
    given = {"global": {"s3": {"secretKey": "another-secret-key-of-many-letters"}}}
    after = chart.render(merged(SECRETS, given))

    changed = _templates(before) ^ _templates(after)

    readers = {
        str(pod) for pod in pods(before) if pod.kind == "Deployment" and "'s3'" in str(pod.spec)
    }
    assert readers
    assert readers <= {owner for owner, _ in changed}


def _templates(objects: list[Object]) -> set[tuple[str, str]]:
    return {(str(pod), str(pod.metadata) + str(pod.spec)) for pod in pods(objects)}
