"""The command `rookery cluster secrets`."""

from typing import Annotated

import typer
import yaml

from rookery_core.errors import Refused
from rookery_local.cli.cluster_options import Context, InNamespace
from rookery_local.cli.session import Session
from rookery_local.cluster.installation_secrets import planned, pointing_values, write
from rookery_local.cluster.namespace import connect


def secrets(
    context: typer.Context,
    *,
    only_print: Annotated[
        bool, typer.Option("--print", help="Print manifests of the Secrets; write none.")
    ] = False,
    new: Annotated[
        bool,
        typer.Option(help="With --print: ask no cluster, and draw every value anew."),
    ] = False,
    prefix: Annotated[str, typer.Option(help="How the names of the Secrets begin.")] = "rookery",
    kube_context: Context = None,
    namespace: InNamespace = None,
) -> None:
    """Write the Secrets of an installation once, for tools that render the chart by themselves.

    What exists is kept, and the passwords of a release that runs are taken over. Prints the values
    of the chart that point to them. The manifests that --print writes are as secret as the Secrets:
    seal them, or put their values into your vault; never commit them as they are.
    """
    session: Session = context.obj
    if new and not only_print:
        raise Refused("--new draws values that no cluster has; give it together with --print")
    inside = None if new else connect(kube_context, namespace)
    wanted = planned(inside, prefix)
    where = inside.name if inside else namespace
    values = yaml.safe_dump(pointing_values(prefix), sort_keys=False)
    if only_print:
        comment = "".join(f"#   {line}\n" for line in values.splitlines())
        typer.echo(f"# Values of the chart that point to these Secrets:\n{comment}---")
        manifests = [each.manifest(where) for each in wanted]
        typer.echo(yaml.safe_dump_all(manifests, sort_keys=False), nl=False)
        return
    assert inside is not None
    for each in wanted:
        with session.report.step(f"Secret {each.name}") as step:
            write(inside, each)
            added = f"added {', '.join(each.added)}" if each.added else "kept"
            step.conclude("made" if each.is_new else added)
    session.say("\nValues of the chart that point to them:\n")
    typer.echo(values, nl=False)
