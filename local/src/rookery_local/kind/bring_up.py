"""A kind cluster with Rookery installed and its models served, step by step."""

import sys
import time
from collections.abc import Iterable
from functools import cache

from rookery_core.errors import RookeryError, Unavailable
from rookery_local.cluster import deployments
from rookery_local.cluster.namespace import Namespace, Object, connect
from rookery_local.cluster.request_options import request_options
from rookery_local.console.report import Report
from rookery_local.kind import programs
from rookery_local.kind.installation import install
from rookery_local.kind.kind_cluster import KindCluster
from rookery_local.kind.node_images import ids, is_outdated
from rookery_local.kind.orphaned_objects import object_names, remove_orphans
from rookery_local.kind.release import NAME, Release
from rookery_local.models.prediction import (
    InvalidSpec,
    NoChampion,
    Prediction,
    RequestOptions,
    predict,
)

BUILD = (sys.executable, "-m", "tools.images", "build")
"""The program of the checkout that `make images` runs."""
TRAINER = "trainer-"
ROUTE_SECONDS = 120.0
CHAMPION_SECONDS = 20.0
"""The API looks for a new champion every few seconds; after this time there is none."""
POLL_SECONDS = 1.0


def bring_up(
    cluster: KindCluster, namespace: str, report: Report
) -> tuple[list[str], list[Prediction]]:
    """Makes the cluster, installs the chart of this checkout, and asks each model for a prediction.

    It returns the models that have a trainer, and their predictions through the ingress. If the
    cluster exists, it does only what changed: it loads images that differ and restarts their
    Deployments, and it upgrades the release.

    Raises:
        Refused: a program is missing, or a Job found that it will never succeed.
        Unavailable: a step failed; with what it said.
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
        # Images that the engine lacks, such as the official ones, are pulled by the nodes.
        present = [each for each in release.images() if programs.succeeds(*_inspect(each))]
        loaded = cluster.load(present, step.note)
        step.conclude(f"{loaded} loaded, {len(present) - loaded} are there already")
    inside = connect(cluster.context, namespace)
    install(release, inside, report, release.opening(release.state()))
    manifest = release.manifest()
    if left := remove_orphans(inside, NAME, object_names(manifest)):
        with report.step("remove what a failed upgrade left") as step:
            step.conclude(", ".join(f"{kind} {name}" for kind, name in left))
    _renew(cluster, inside, report)
    found = models(manifest)
    options = request_options(inside)
    return found, [await_route(cluster.url, model, options, report) for model in found]


def models(manifest: Iterable[Object | None]) -> list[str]:
    """Lists the models that have a trainer in the release."""
    names = sorted(name for kind, name in object_names(manifest) if kind == "CronJob")
    return [name.removeprefix(TRAINER) for name in names if name.startswith(TRAINER)]


def _inspect(image: str) -> tuple[str, ...]:
    return ("docker", "image", "inspect", image)


def _renew(cluster: KindCluster, namespace: Namespace, report: Report) -> None:
    """Restarts Deployments that run an older image than the one loaded under the same tag."""
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
    options: RequestOptions,
    report: Report,
    *,
    timeout: float = ROUTE_SECONDS,
    champion_timeout: float = CHAMPION_SECONDS,
) -> Prediction:
    """Waits until the model answers through the ingress, and returns the prediction.

    Raises:
        InvalidSpec: the model has no champion, and its spec is not valid.
        Unavailable: the model has no champion, or does not answer in time; says which.
    """
    begun = time.monotonic()
    with report.step(f"predict {model}") as step:
        while True:
            try:
                prediction = predict(url, model, {}, options)
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
                step.conclude(prediction.told)
                return prediction
            time.sleep(POLL_SECONDS)
