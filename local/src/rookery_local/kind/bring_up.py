"""A cluster on this machine with Rookery installed, both champions served: step by step."""

import sys
import time
from collections.abc import Iterable
from functools import cache

from rookery_core.errors import RookeryError, Unavailable
from rookery_local.cluster import deployments
from rookery_local.cluster.api_access import access
from rookery_local.cluster.job_state import ending
from rookery_local.cluster.namespace import Namespace, Object, connect
from rookery_local.console.report import Report
from rookery_local.kind import programs
from rookery_local.kind.installation import Installation, is_charts
from rookery_local.kind.kind_cluster import KindCluster
from rookery_local.kind.node_images import ids, is_outdated
from rookery_local.kind.orphaned_objects import object_names, remove_orphans
from rookery_local.kind.programs import ProgramFailed
from rookery_local.kind.release import NAME, Release
from rookery_local.models.prediction import Access, InvalidSpec, NoChampion, Prediction, predict

BUILD = (sys.executable, "-m", "images", "build")
"""As `make images`; the checkout's own program."""
TRAINER = "trainer-"
ROUTE_SECONDS = 120.0
CHAMPION_SECONDS = 20.0
"""The API looks for a new champion every few seconds; after these there is none."""
POLL_SECONDS = 1.0


def bring_up(
    cluster: KindCluster, namespace: str, report: Report
) -> tuple[list[str], list[Prediction]]:
    """The cluster is there, the chart is installed from this checkout, every model with a trainer
    answers through the ingress; returns those models and their answers.

    A second time only what changed is done: images that differ are loaded and their Deployments
    restarted, the release is upgraded.

    Raises:
        Refused: where a program is missing, or a Job found that it will never succeed.
        Unavailable: where a step failed; says what it said.
    """
    programs.require()
    with report.step(f"cluster {cluster.name}") as step:
        if cluster.exists:
            cluster.adopt()
            step.conclude("is there")
        else:
            cluster.create(step.note)
    with report.step("build images") as step:
        programs.followed(BUILD, step.note)
    release = Release(cluster.context, namespace)
    with report.step("load images") as step:
        # What the engine lacks, such as the official images, the nodes fetch by themselves.
        present = [each for each in release.images() if programs.succeeds(*_inspect(each))]
        loaded = cluster.load(present, step.note)
        step.conclude(f"{loaded} loaded, {len(present) - loaded} are there already")
    inside = connect(cluster.context, namespace)
    _install(release, inside, report)
    manifest = release.manifest()
    if left := remove_orphans(inside, NAME, object_names(manifest)):
        with report.step("remove what a failed upgrade left") as step:
            step.conclude(", ".join(f"{kind} {name}" for kind, name in left))
    _renew(cluster, inside, report)
    found = models(manifest)
    by = access(inside)
    return found, [await_route(cluster.url, model, by, report) for model in found]


def models(manifest: Iterable[Object | None]) -> list[str]:
    """Every model that has a trainer in the release, whatever else is in its namespace."""
    names = sorted(name for kind, name in object_names(manifest) if kind == "CronJob")
    return [name.removeprefix(TRAINER) for name in names if name.startswith(TRAINER)]


def _inspect(image: str) -> tuple[str, ...]:
    return ("docker", "image", "inspect", image)


def _install(release: Release, namespace: Namespace, report: Report) -> None:
    state = release.state()
    if state is not None:
        _clear(namespace)
    with report.step("helm install" if state is None else "helm upgrade") as step:
        installation = Installation(namespace, step)
        try:
            programs.watched(release.command(state), installation.poll)
        except ProgramFailed as error:
            # A Job that failed is told with its log, whoever was the first to see it.
            installation.poll()
            raise Unavailable(f"{error}\n{installation.said}".rstrip()) from None


def _clear(namespace: Namespace) -> None:
    """No Job of an earlier installation stands failed in the way: helm makes it anew."""
    for job in namespace.jobs(deployments.RELEASE):
        end = ending(job)
        if is_charts(job) and end is not None and not end.succeeded:
            namespace.delete("Job", job["metadata"]["name"])


def _renew(cluster: KindCluster, namespace: Namespace, report: Report) -> None:
    """Every Deployment runs the images that are loaded now, also under the same tag."""
    known = cache(cluster.node_images)
    for deployment in namespace.deployments(deployments.RELEASE):
        pods = namespace.pods(deployments.selector(deployment))
        if is_outdated(pods, lambda node, image: ids(known(node), image)):
            name = deployment["metadata"]["name"]
            with report.step(f"restart {name}, its image changed"):
                deployments.restart(namespace, name)


def await_route(
    url: str,
    model: str,
    by: Access,
    report: Report,
    *,
    timeout: float = ROUTE_SECONDS,
    champion_timeout: float = CHAMPION_SECONDS,
) -> Prediction:
    """The model's answer through the ingress.

    Raises:
        InvalidSpec: where it has no champion, and its spec is not valid.
        Unavailable: where it has no champion, or does not answer in time; says which.
    """
    begun = time.monotonic()
    with report.step(f"predict {model}") as step:
        while True:
            try:
                prediction = predict(url, model, {}, by)
            except NoChampion:
                if time.monotonic() - begun > champion_timeout:
                    raise Unavailable(
                        f"model {model} has no champion: its first sweep was not run, or the gate "
                        f"rejected what it found. Train it: rookery retrain {model}; then again"
                    ) from None
            except InvalidSpec:
                raise
            except RookeryError as error:
                # Traefik looks for new routes every second or so, and pods come and go.
                if time.monotonic() - begun > timeout:
                    raise Unavailable(
                        f"{url}/predict/{model} does not answer as it should: {error}"
                    ) from None
            else:
                step.conclude(prediction.answer["class"])
                return prediction
            time.sleep(POLL_SECONDS)
