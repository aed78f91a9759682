"""The status of an installation: its parts, its newest Jobs and its models."""

from collections.abc import Sequence

from rich.console import Console
from rich.table import Column, Table

from rookery_core.errors import RookeryError
from rookery_local.cluster.deployments import RELEASE, rolled_out, selector
from rookery_local.cluster.forward import forwarded
from rookery_local.cluster.job_logs import JobLogs
from rookery_local.cluster.job_state import NAME_LABEL, ending, waiting_reason
from rookery_local.cluster.namespace import Namespace, Object
from rookery_local.cluster.request_options import api_key
from rookery_local.console.terminal import printable, say
from rookery_local.models.model_cards import show_models_of
from rookery_local.process.events import waited_for
from rookery_local.process.ports import free_ports

JOBS = 10
"""How many of the newest Jobs are shown beside those that have not ended."""


def show(console: Console, namespace: Namespace) -> bool:
    """Shows the parts, the newest Jobs and the models; returns whether all parts are up."""
    deployments = namespace.deployments(RELEASE)
    table = Table("part", "available", "state", box=None)
    for each in deployments:
        table.add_row(*map(printable, _part(each, namespace.pods(selector(each)))))
    console.print(table)
    if jobs := listed(namespace.jobs(), JOBS):
        table = Table(Column("job", no_wrap=True), "state", "started", box=None)
        for job in jobs:
            row = (job["metadata"]["name"], _job(namespace, job), _started(job))
            table.add_row(*map(printable, row))
        console.print(table)
    _show_models(console, namespace)
    return bool(deployments) and all(rolled_out(each) for each in deployments)


def listed(jobs: Sequence[Object], count: int) -> list[Object]:
    """Chooses the Jobs that have not ended, and so many of the newest; the newest last."""
    by_age = sorted(jobs, key=lambda job: str(job["metadata"]["creationTimestamp"]))
    first = len(by_age) - count
    return [job for place, job in enumerate(by_age) if place >= first or ending(job) is None]


def _part(deployment: Object, pods: Sequence[Object]) -> tuple[str, str, str]:
    available = deployment.get("status", {}).get("availableReplicas", 0)
    wanted = deployment["spec"].get("replicas", 1)
    reasons = [what for pod in pods if (what := waiting_reason(pod))]
    state = "up" if rolled_out(deployment) else next(iter(reasons), "not yet as it should be")
    return deployment["metadata"]["name"], f"{available}/{wanted}", state


def _job(namespace: Namespace, job: Object) -> str:
    if end := ending(job):
        return "complete" if end.succeeded else f"failed: {end.reason.partition(':')[0]}"
    pods = namespace.pods(f"{NAME_LABEL}={job['metadata']['name']}")
    reasons = [what for pod in pods if (what := waiting_reason(pod))]
    if reasons:
        return f"waits: {reasons[0]}"
    what = waited_for(JobLogs(namespace, job["metadata"]["name"]).events(pods))
    return f"waits for {what}" if what else "runs"


def _started(job: Object) -> str:
    return str(job.get("status", {}).get("startTime", ""))


def _show_models(console: Console, namespace: Namespace) -> None:
    try:
        with forwarded(namespace, "api", "http", free_ports(1)[0]) as url:
            show_models_of(console, url, api_key(namespace))
    except RookeryError as error:
        say(console, f"models: {error}")
