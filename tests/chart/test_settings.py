"""The environment of every container of ours builds the settings that its program reads."""

import os
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import pytest
from pydantic_settings import BaseSettings
from tests.chart.cases import CASES, has
from tests.chart.chart import Chart, Values
from tests.chart.environment import arguments, environment, program
from tests.chart.manifests import Object, Pod, one, pods
from tests.some import some

from rookery_api.access.keys import read_keys
from rookery_api.base.settings import ApiSettings
from rookery_api.base.trace_settings import TraceSettings
from rookery_core.database.names import LOGIN_ROLES
from rookery_core.database.slots import SlotSettings
from rookery_core.settings import (
    CatalogSettings,
    PostgresSettings,
    S3Settings,
    TrackingSettings,
)
from rookery_core.spec.catalog import load_catalog
from rookery_ingest.bootstrap.settings import StoreSettings, role_passwords
from rookery_ingest.bootstrap.store_rights import USERS as STORE_USERS
from rookery_ingest.settings import ForgetSettings, IngestSettings
from rookery_mlflow.settings import Settings as MlflowSettings
from rookery_trainer.retention.settings import MlflowPostgresSettings, RetentionSettings
from rookery_trainer.settings import TrainerSettings, checked_sweep_id
from rookery_trainer.store.settings import SnapshotSettings

REMOVING = (
    *(PostgresSettings, TrackingSettings, CatalogSettings, TrainerSettings),
    *(MlflowPostgresSettings, S3Settings, RetentionSettings, SnapshotSettings),
)
SETTINGS: dict[tuple[str, str | None], tuple[type[BaseSettings], ...]] = {
    ("api", None): (ApiSettings, TrackingSettings, CatalogSettings, TraceSettings),
    ("ingest", "bootstrap"): (
        *(PostgresSettings, IngestSettings),
        *(S3Settings, StoreSettings),
    ),
    ("ingest", "run"): (
        *(PostgresSettings, S3Settings, CatalogSettings, IngestSettings),
        SlotSettings,
    ),
    ("ingest", "forget"): (PostgresSettings, CatalogSettings, IngestSettings, ForgetSettings),
    ("trainer", "sweep"): (
        *(PostgresSettings, TrackingSettings, CatalogSettings, TrainerSettings),
        *(S3Settings, SnapshotSettings, SlotSettings),
    ),
    ("trainer", "rollback"): (PostgresSettings, TrackingSettings, CatalogSettings, TrainerSettings),
    ("trainer", "retention"): REMOVING,
    ("trainer", "retire"): REMOVING,
    ("notebook", None): (PostgresSettings, TrackingSettings, CatalogSettings),
}
"""What each program reads, by image and command."""
FURTHER = {
    ("ingest", "bootstrap"): {f"ROOKERY_ROLE_{role.upper()}_PASSWORD" for role in LOGIN_ROLES}
    | {
        f"ROOKERY_STORE_{user.upper()}_{kind}_KEY"
        for user in STORE_USERS
        for kind in ("ACCESS", "SECRET")
    },
    ("notebook", None): {"ROOKERY_API_URL", "ROOKERY_API_API_KEY"},
}
"""What it reads beside its settings."""
OURS = {program for program, _ in SETTINGS}

Running = tuple[Pod, Object, dict[str, str], list[str]]


@contextmanager
def surroundings(variables: dict[str, str]) -> Iterator[None]:
    """This process has these variables and no other."""
    before = dict(os.environ)
    os.environ.clear()
    os.environ.update(variables)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


def running(objects: Sequence[Object]) -> list[Running]:
    """Every container of a program of ours, its environment and its arguments.

    There must be some.
    """
    return some(_running(objects))


def told_to(command: str, objects: Sequence[Object], when: bool) -> list[Running]:
    """Those that are told this command: some, or none where not `when`."""
    return some((each for each in running(objects) if each[3][:1] == [command]), when)


def _running(objects: Sequence[Object]) -> Iterator[Running]:
    for pod in pods(objects):
        for container in pod.containers:
            if program(pod, container) in OURS and not container.get("command"):
                variables = environment(container, objects)
                yield pod, container, variables, arguments(container, variables)


def key(pod: Pod, container: Object, told: list[str]) -> tuple[str, str | None]:
    """Which program it is, and by which command."""
    image = program(pod, container)
    return (image, None) if (image, None) in SETTINGS else (image, told[0])


def names(settings: type[BaseSettings]) -> set[str]:
    """The variables that a settings class reads."""
    prefix = settings.model_config["env_prefix"]
    return {f"{prefix}{field}".upper() for field in settings.model_fields}


@pytest.mark.parametrize("values", CASES.values(), ids=CASES)
def test_every_program_builds_its_settings(chart: Chart, values: Values) -> None:
    for pod, container, variables, told in running(chart.render(values)):
        with surroundings(variables):
            for settings in SETTINGS[key(pod, container, told)]:
                settings()


@pytest.mark.parametrize("values", CASES.values(), ids=CASES)
def test_the_api_starts_with_its_keys(chart: Chart, values: Values) -> None:
    found = [each for each in running(chart.render(values)) if str(each[0]) == "Deployment/api"]

    for _pod, _container, variables, _told in some(found, when=has(values, "api")):
        with surroundings(variables):
            settings = ApiSettings()
        names = [key.name for key in read_keys(settings)]
        assert bool(names) == (settings.access == "keys")
        assert names[:1] in ([], ["default"])


@pytest.mark.parametrize("values", CASES.values(), ids=CASES)
def test_no_variable_is_there_for_nobody(chart: Chart, values: Values) -> None:
    for pod, container, variables, told in running(chart.render(values)):
        which = key(pod, container, told)
        known = {name for settings in SETTINGS[which] for name in names(settings)}
        ours = {name for name in variables if name.startswith("ROOKERY_")}
        assert ours <= known | FURTHER.get(which, set()), f"{pod} {container['name']}"


@pytest.mark.parametrize("values", CASES.values(), ids=CASES)
def test_bootstrap_has_a_password_for_every_role(chart: Chart, values: Values) -> None:
    found = told_to("bootstrap", chart.render(values), when=has(values, "pipeline"))

    for _pod, _container, variables, _told in found:
        with surroundings(variables):
            passwords = role_passwords()
        assert set(passwords) == set(LOGIN_ROLES)
        assert all(each.get_secret_value() for each in some(passwords.values()))


@pytest.mark.parametrize("values", CASES.values(), ids=CASES)
def test_every_role_has_the_password_that_bootstrap_sets(chart: Chart, values: Values) -> None:
    used: dict[str, set[str]] = {}

    for pod, container, variables, told in running(chart.render(values)):
        with surroundings(variables):
            for settings in SETTINGS[key(pod, container, told)]:
                if issubclass(settings, PostgresSettings):
                    made = settings()
                    used.setdefault(made.user, set()).add(made.password.get_secret_value())
            for role, password in role_passwords().items() if told == ["bootstrap"] else ():
                used.setdefault(role, set()).add(password.get_secret_value())

    assert used.keys() >= (set(LOGIN_ROLES) if has(values, "pipeline") else set())
    assert {role: len(found) for role, found in used.items() if len(found) != 1} == {}


@pytest.mark.parametrize("values", CASES.values(), ids=CASES)
def test_a_sweep_is_named_by_its_job(chart: Chart, values: Values) -> None:
    objects, pipeline = chart.render(values), has(values, "pipeline")

    for _pod, _container, variables, _told in told_to("sweep", objects, when=pipeline):
        assert checked_sweep_id(variables["ROOKERY_TRAINER_SWEEP_ID"])
    for _pod, _container, _variables, told in told_to("rollback", objects, when=pipeline):
        assert re.search("--request-id [0-9a-f-]{36}", " ".join(told))


@pytest.mark.parametrize("values", CASES.values(), ids=CASES)
def test_mlflow_is_prepared_with_settings_that_are_whole(chart: Chart, values: Values) -> None:
    objects = chart.render(values)
    every = [container for pod in pods(objects) for container in pod.containers]
    prepares = [container for container in every if "prepare" in container.get("command", ())]

    for container in some(prepares, when=has(values, "mlflow")):
        variables = environment(container, objects)
        made = MlflowSettings.of(variables)
        known = {f"ROOKERY_USER_{user.upper()}_PASSWORD" for user in made.passwords}
        known |= {"ROOKERY_WAIT_SECONDS"}
        assert {name for name in variables if name.startswith("ROOKERY_")} == known
        auth = one(objects, "Deployment", "mlflow")["spec"]["template"]["spec"]
        assert bool(made.passwords) == ("--app-name=basic-auth" in str(auth))


def test_jobs_name_models_that_exist(chart: Chart) -> None:
    shipped, objects = load_catalog(None), chart.render({})

    named = {
        command: [told[1] for *_, told in told_to(command, objects, when=True)]
        for command in ("run", "sweep", "rollback")
    }

    assert {command: set(models) for command, models in named.items()} == {
        command: set(shipped) for command in named
    }


NUMBERS: dict[str, Values] = {
    "fractions": {
        "pollSeconds": 0.5,
        "settings": {"receiveSeconds": 0.5, "downloadSeconds": 7.9, "registryTimeoutSeconds": 0.25},
    },
    "many digits": {
        "shutdown": {"drainSeconds": 1_000_000, "graceSeconds": 2_000_000},
        "settings": {"cacheBytes": 53_687_091_200, "maxBodyBytes": 1_234_567, "sendSeconds": 1.5e7},
    },
    "small": {"settings": {"pollBackoffSeconds": 0.0625, "historySeconds": 0.00390625}},
}
"""Values of the API: how a values file's numbers are spelt is Helm's affair."""


@pytest.mark.parametrize("values", NUMBERS.values(), ids=NUMBERS)
@pytest.mark.parametrize("helm", ["chart", "chart_of_helm3"])
def test_a_number_arrives_at_the_api_as_it_was_written(
    request: pytest.FixtureRequest, helm: str, values: Values
) -> None:
    chart: Chart = request.getfixturevalue(helm)
    [api] = [
        each for each in running(chart.render({"api": values})) if str(each[0]) == "Deployment/api"
    ]

    with surroundings(api[2]):
        settings = ApiSettings()

    groups = [values, values.get("settings", {}), values.get("shutdown", {})]
    written = {
        re.sub("[A-Z]", lambda found: f"_{found[0].lower()}", name): number
        for group in groups
        if isinstance(group, dict)
        for name, number in group.items()
        if not isinstance(number, dict)
    }
    assert {name: getattr(settings, name) for name in written} == written


@pytest.mark.parametrize("seconds", [3_000_000, 1_234_567])
def test_a_long_wait_arrives_at_every_job_as_it_was_written(chart: Chart, seconds: int) -> None:
    objects = chart.render({"pipeline": {"waitSeconds": seconds}})

    found = {
        variables.get("ROOKERY_INGEST_DATABASE_WAIT", variables.get("ROOKERY_TRAINER_DATA_WAIT"))
        for *_, variables, told in running(objects)
        if told[:1] in (["run"], ["sweep"], ["bootstrap"])
    }

    assert found == {str(seconds)}
