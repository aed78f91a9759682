"""The commands for a cluster: retrain, and `rookery cluster ...`."""

import signal
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Annotated

import typer

from rookery_local.cli import cluster_model_commands as model_commands
from rookery_local.cli.cluster_options import CONFIG, Config, Context, InNamespace, program
from rookery_local.cli.forget_command import cluster_forget
from rookery_local.cli.help_text import add, help_of
from rookery_local.cli.secrets_command import secrets
from rookery_local.cli.session import NOT_UP, Session
from rookery_local.cluster import status as installation
from rookery_local.cluster import ui as interfaces
from rookery_local.cluster.cron_template import job_from
from rookery_local.cluster.job_logs import follow as follow_job
from rookery_local.cluster.namespace import Namespace, NoAnswer, NotThere, connect
from rookery_local.jobs.job_progress import JobProgress
from rookery_local.kind.bring_up import TRAINER, bring_up
from rookery_local.kind.kind_cluster import KindCluster, kind_cluster
from rookery_local.models.prediction import Prediction
from rookery_local.process.signals import Interrupted, ctrl_c_ends


def cluster_commands() -> typer.Typer:
    """Makes `rookery cluster ...`, with the commands in the order of the help."""
    app = typer.Typer(
        no_args_is_help=True, help="Rookery on Kubernetes, reached by your kubeconfig."
    )
    add(app, up, down, model_commands.add, status, run, follow)
    add(app, model_commands.upload, model_commands.quarantine)
    app.command(name="forget", help=help_of(cluster_forget))(cluster_forget)
    add(app, secrets, ui)
    return app


def up(
    context: typer.Context,
    config: Config = CONFIG,
    namespace: Annotated[str, typer.Option("--namespace", "-n")] = "default",
) -> None:
    """Make a kind cluster, build and load the images, install the chart of this checkout.

    Returns when every model answers through the ingress. A second run does only what has
    changed. Needs docker, kind, kubectl and helm; KIND_NODE_IMAGE names another node image.
    """
    session: Session = context.obj
    cluster = kind_cluster(config)
    models, predictions = bring_up(cluster, namespace, session.report)
    where = _options(cluster, namespace)
    for title, command in next_commands(program(), where, models, predictions):
        session.say(f"\n{title}\n  {command}")


def down(context: typer.Context, config: Config = CONFIG) -> None:
    """Remove the kind cluster with all data and models in it."""
    session: Session = context.obj
    cluster = kind_cluster(config)
    with session.report.step(f"remove cluster {cluster.name}") as step:
        if cluster.exists:
            cluster.delete()
        else:
            step.conclude("there was none")


def retrain(
    context: typer.Context,
    model: Annotated[str, typer.Argument(help="The name of a model, e.g. species.")],
    kube_context: Context = None,
    namespace: InNamespace = None,
) -> None:
    """Retrain a model in a cluster: make a Job from the CronJob trainer-MODEL and follow it.

    The same as `kubectl create job NAME --from=cronjob/trainer-MODEL`. Exits with 0 if the Job
    is complete, whether it promoted or not; with 1 if a retry may help; with 42 if the same
    Job will never work. Ctrl-C leaves the Job running.
    """
    _run(context.obj, connect(kube_context, namespace), f"{TRAINER}{model}")


def run(
    context: typer.Context,
    cron_job: Annotated[str, typer.Argument(help="A CronJob, e.g. ingest-species.")],
    kube_context: Context = None,
    namespace: InNamespace = None,
) -> None:
    """Run any Job of the chart, as `rookery retrain` runs the trainer."""
    _run(context.obj, connect(kube_context, namespace), cron_job)


def follow(
    context: typer.Context,
    job: Annotated[str, typer.Argument(help="The name of a Job.")],
    kube_context: Context = None,
    namespace: InNamespace = None,
) -> None:
    """Follow a Job that is running to its end."""
    _follow(context.obj, connect(kube_context, namespace), job)


def status(
    context: typer.Context, kube_context: Context = None, namespace: InNamespace = None
) -> None:
    """Show the parts, the newest Jobs and the models.

    Exits with 0 if every part is up, otherwise with 3.
    """
    session: Session = context.obj
    if not installation.show(session.console, connect(kube_context, namespace)):
        raise typer.Exit(NOT_UP)


def ui(context: typer.Context, kube_context: Context = None, namespace: InNamespace = None) -> None:
    """Open the user interfaces on ports of this machine, until Ctrl-C."""
    session: Session = context.obj
    with interfaces.opened(connect(kube_context, namespace)) as lines:
        for line in lines:
            session.say(line)
        session.say("Ctrl-C closes them.")
        with ctrl_c_ends():
            while True:
                signal.pause()


def next_commands(
    program: str, where: str, models: Sequence[str], predictions: Sequence[Prediction]
) -> Iterator[tuple[str, str]]:
    """Lists the commands that a person may want next, each with a title."""
    for prediction in predictions:
        yield "Predict", prediction.curl
    for model in models[-1:]:
        yield "Retrain", f"{program} retrain {model}{where}"
    yield "Open the UIs", f"{program} cluster ui{where}"


def _run(session: Session, namespace: Namespace, cron_job: str) -> None:
    try:
        template = namespace.cron_job(cron_job)
    except NotThere as error:
        known = sorted(each["metadata"]["name"] for each in namespace.cron_jobs())
        raise NotThere(f"{error}; CronJobs there: {known or 'none'}") from None
    job = namespace.create_job(job_from(template))["metadata"]["name"]
    _follow(session, namespace, job)


def _follow(session: Session, namespace: Namespace, job: str) -> None:
    with _left_running(session, namespace, job), session.report.step(job) as step:
        progress = JobProgress(step)
        follow_job(namespace, job, progress, session.say)
    if progress.reason:
        session.say(f"Why: {progress.reason}")


@contextmanager
def _left_running(session: Session, namespace: Namespace, job: str) -> Iterator[None]:
    """Says that the Job goes on, and how to follow or stop it, if the block loses sight of it."""
    try:
        yield
    except (Interrupted, NoAnswer):
        where = f" --context {namespace.context} --namespace {namespace.name}"
        session.say(
            f"\nJob {job} goes on in the cluster."
            f"\nFollow it  {program()} cluster follow {job}{where}"
            f"\nStop it    kubectl delete job {job}{where}"
        )
        raise


def _options(cluster: KindCluster, namespace: str) -> str:
    """Writes the options that are needed if the kubeconfig has other defaults."""
    is_current = connect().context == cluster.context
    context = "" if is_current else f" --context {cluster.context}"
    return context + ("" if namespace == "default" else f" --namespace {namespace}")
