"""Bootstrap Jobs and the templates of Jobs: what is immutable has a name of its own."""

import pytest
from tests.chart.cases import CASES, EXISTING, SECRETS, has
from tests.chart.chart import Chart, Values, merged, nested
from tests.chart.manifests import Object, name, of_kind
from tests.some import some

REFUSED_FOR_GOOD = 42
ELSEWHERE: tuple[Values, ...] = (
    nested("api.replicas", 3),
    nested("global.images.api.tag", "9.9.9"),
    nested("ingress.traefik.service.nodePort", 30081),
    nested("pipeline.retention.keepVersions", 9),
    nested("pipeline.ttlSecondsAfterFinished", 60),
    nested("global.models", {"species": {"trainer": {"schedule": "0 3 * * *"}}}),
    nested("pipeline.databases.schedule", "*/10 * * * *"),
)
"""Changes that no bootstrap Job reads."""


def jobs(objects: list[Object]) -> dict[str, Object]:
    """The Jobs by their names."""
    return {name(each): each["spec"] for each in of_kind(objects, "Job") if not hook(each)}


def hook(each: Object) -> str:
    """When Helm runs it, where it is no part of the release."""
    return str((each["metadata"].get("annotations") or {}).get("helm.sh/hook", ""))


def test_jobs_of_one_name_are_the_same_whatever_the_values(chart: Chart) -> None:
    # A Job's template is immutable: an upgrade that changed one would fail.
    seen: dict[str, Object] = {}

    for values in CASES.values():
        made = jobs(chart.render(values))
        for named, spec in some(made.items(), when=has(values, "pipeline")):
            # Kubernetes lets it change.
            del spec["activeDeadlineSeconds"]
            assert seen.setdefault(named, spec) == spec, named

    assert len(seen) > 10


@pytest.mark.parametrize("change", ELSEWHERE, ids=str)
def test_a_change_elsewhere_makes_no_new_job(chart: Chart, change: Values) -> None:
    before, after = (jobs(chart.render(values)) for values in (EXISTING, merged(EXISTING, change)))

    assert before == after
    assert before


def test_a_changed_spec_makes_new_jobs_of_its_model_alone(chart: Chart) -> None:
    before = CASES["own-model"]
    spec = before["global"]["models"]["wine"]["spec"]  # type: ignore[index]
    after = nested("global.models.wine.spec", f"{spec}\n# another line\n")

    changed = jobs(chart.render(before)).keys() ^ jobs(chart.render(merged(before, after))).keys()

    assert len(changed) == 4
    assert [each for each in changed if "-wine-" not in each] == []


def test_a_changed_password_is_applied_by_a_new_job(chart: Chart) -> None:
    after = merged(SECRETS, nested("global.postgresql.passwords.trainer", "another-password-12"))

    changed = jobs(chart.render(SECRETS)).keys() ^ jobs(chart.render(after)).keys()

    assert len(changed) == 2
    assert [each for each in changed if not each.startswith("Job/bootstrap-databases-")] == []


@pytest.mark.parametrize("values", CASES.values(), ids=CASES)
def test_no_job_is_tried_again_in_vain_or_starts_again_in_place(
    chart: Chart, values: Values
) -> None:
    for each in of_kind(chart.render(values), "Job", "CronJob"):
        spec = each["spec"]["jobTemplate"]["spec"] if each["kind"] == "CronJob" else each["spec"]
        pod = spec["template"]["spec"]
        codes = spec["podFailurePolicy"]["rules"][0]
        assert pod["restartPolicy"] == "Never"
        assert codes["action"] == "FailJob"
        assert codes["onExitCodes"]["containerName"] == pod["containers"][0]["name"]
        assert codes["onExitCodes"]["values"] == [REFUSED_FOR_GOOD]
        assert spec["activeDeadlineSeconds"] > 0
        # Helm would wait for a Job that is gone, and make it anew at the next upgrade.
        passing = each["kind"] == "CronJob" or hook(each) != ""
        assert ("ttlSecondsAfterFinished" in spec) == passing, name(each)


@pytest.mark.parametrize("values", CASES.values(), ids=CASES)
def test_only_what_has_a_schedule_runs_by_itself(chart: Chart, values: Values) -> None:
    for each in of_kind(chart.render(values), "CronJob", when=has(values, "pipeline")):
        spec = each["spec"]
        assert spec["suspend"] == (spec["schedule"] == "0 0 1 1 *"), name(each)
        assert spec["concurrencyPolicy"] == "Forbid"


def test_a_rotated_secret_is_applied_by_a_schedule(chart: Chart) -> None:
    objects = chart.render(nested("pipeline.databases.schedule", "*/10 * * * *"))

    running = [
        each
        for each in some(of_kind(objects, "CronJob"))
        if not each["spec"]["suspend"] and each["spec"]["schedule"] == "*/10 * * * *"
    ]
    assert [name(each) for each in running] == ["CronJob/databases"]


def test_shards_of_a_sweep_are_pods_of_an_indexed_job(chart: Chart) -> None:
    values: Values = nested("pipeline.sweep", {"mode": "indexed", "shards": 5})

    made = jobs(chart.render(values))

    for spec in some(spec for named, spec in made.items() if "trainer" in named):
        assert spec["completionMode"] == "Indexed"
        assert (spec["completions"], spec["parallelism"]) == (5, 5)


def _renamed(name: str) -> Values:
    spec = str(CASES["own-model"]["global"]["models"]["wine"]["spec"])  # type: ignore[index]
    return {"spec": spec.replace("name: wine", f"name: {name}")}


MANY: Values = nested(
    "global.models", {name: _renamed(name) for name in [f"m{number:02}" for number in range(18)]}
)
"""18 models beside the two that ship."""


def slots(spec: Object) -> str | None:
    """The number of slots that the Job's program is told of."""
    [container] = spec["template"]["spec"]["containers"]
    return {each["name"]: each.get("value") for each in container["env"]}.get("ROOKERY_SLOT_COUNT")


def test_of_the_jobs_of_twenty_models_two_work_at_once(chart: Chart) -> None:
    objects = chart.render(MANY)

    told = {named: slots(spec) for named, spec in jobs(objects).items()}
    templates = [each["spec"]["jobTemplate"]["spec"] for each in of_kind(objects, "CronJob")]

    assert len(told) == 41
    [databases] = [named for named, count in told.items() if count is None]
    assert databases.startswith("Job/bootstrap-databases-")
    assert set(told.values()) == {None, "2"}
    assert {slots(each) for each in some(templates)} == {None}


@pytest.mark.parametrize(
    ("pipeline", "seconds"),
    [
        ({}, 20 * 7200),
        ({"maxConcurrent": 40}, 7200),
        ({"maxConcurrent": 3}, 14 * 7200),
        ({"maxConcurrent": 0}, 7200),
        ({"activeDeadlineSeconds": 60}, 20 * 60),
        ({"sweep": {"mode": "indexed", "shards": 3}}, 40 * 7200),
    ],
    ids=str,
)
def test_a_job_of_an_installation_has_time_for_all_that_use_its_slot_before(
    chart: Chart, pipeline: Values, seconds: int
) -> None:
    objects = chart.render(merged(MANY, nested("pipeline", pipeline)))

    found = {
        spec["activeDeadlineSeconds"]
        for named, spec in some(jobs(objects).items())
        if not named.startswith("Job/bootstrap-databases-")
    }
    assert found == {seconds}


def test_without_a_number_of_slots_all_jobs_work_at_once(chart: Chart) -> None:
    objects = chart.render(merged(MANY, nested("pipeline.maxConcurrent", 0)))

    assert {slots(each) for each in some(jobs(objects).values())} == {None}


def test_one_more_model_makes_no_other_job_anew(chart: Chart) -> None:
    more = merged(MANY, nested("global.models.one-more", _renamed("one-more")))

    before, after = jobs(chart.render(MANY)).keys(), jobs(chart.render(more)).keys()

    assert before < after
    assert [each for each in after - before if "-one-more-" not in each] == []
    assert len(after - before) == 2
