"""Writes the manifests of `k8s/jobs` from the chart's CronJobs, rendered with its own values.

`python -m tools.generate.job_manifests` writes them anew. Each is a Job for
`kubectl create --filename`, in the namespace of a release that is called `rookery`: with
`--namespace` where it is another one than kubectl's current one.
"""

import shutil
import sys
from pathlib import Path
from textwrap import dedent

import yaml

from tools.checkout import ROOT
from tools.commands import output

FOLDER = ROOT / "k8s" / "jobs"
CHART = ROOT / "charts" / "rookery"
RELEASE = "rookery"
MODEL = "species"
CRON_JOBS = {
    "ingest": f"ingest-{MODEL}",
    "trainer": f"trainer-{MODEL}",
    "rollback": f"rollback-{MODEL}",
    "retention": "retention",
}
"""Each file's name, and the CronJob whose template it holds."""
TEMPLATE = "  jobTemplate:\n"
KEYED = "members"
"""A model whose spec has a key; none that ships has one."""
FORGET = f"""\
# What the Job `forget-{KEYED}` reads: the key of the row that is forgotten, as a JSON list with
# a text for each column of the spec's `key`. Model and row are examples: put yours in their
# place. The other Jobs need nothing.
#   kubectl create --filename k8s/jobs/forget.yaml
#   kubectl create job forget-1 --from=cronjob/forget-{KEYED}
#   kubectl wait job/forget-1 --for=condition=complete --timeout=10m
#   kubectl delete --filename k8s/jobs/forget.yaml
#   kubectl create job train-1 --from=cronjob/trainer-{KEYED}
#   kubectl wait job/train-1 --for=condition=complete --timeout=2h
#   kubectl create job retire-1 --from=cronjob/retire-{KEYED}
apiVersion: v1
kind: Secret
metadata:
  name: forget-{KEYED}
  labels:
    app.kubernetes.io/part-of: rookery
stringData:
  key: '["Ann, of Dream"]'
"""
"""No Job: that of a model of one's own has the spec in it."""


def main() -> None:
    """Writes today's manifests into the folder."""
    FOLDER.mkdir(exist_ok=True)
    for name, text in manifests(helm()).items():
        (FOLDER / f"{name}.yaml").write_text(text, encoding="utf-8")


def manifests(program: Path) -> dict[str, str]:
    """Returns the text of every file, by its name without `.yaml`."""
    jobs = {name: _manifest(program, name, cron_job) for name, cron_job in CRON_JOBS.items()}
    return {**jobs, "forget": FORGET}


def helm() -> Path:
    """Finds the Helm beside this Python, else that of the PATH.

    Raises:
        SystemExit: there is none.
    """
    beside = Path(sys.executable).with_name("helm")
    found = beside if beside.exists() else shutil.which("helm")
    if found is None:
        raise SystemExit("there is no helm; `make .venv/helm` brings one, or put one on the PATH")
    return Path(found)


def _manifest(program: Path, kind: str, cron_job: str) -> str:
    file = f"charts/pipeline/templates/cronjob-{kind}.yaml"
    rendered = output(program, "template", RELEASE, CHART, "--show-only", file)
    (document,) = (
        each for each in rendered.split("\n---\n") if f"\n  name: {cron_job}\n" in f"\n{each}"
    )
    job = yaml.safe_load(dedent(document.split(TEMPLATE)[1]))
    job["metadata"] = {"generateName": f"{cron_job}-", **job["metadata"]}
    # Only the Job's own label is removed: a Job that has it is taken for one of Helm's.
    del job["metadata"]["labels"]["app.kubernetes.io/instance"]
    return f"{_heading(kind, cron_job)}{yaml.dump(job, Dumper=_Indented, sort_keys=False)}"


class _Indented(yaml.SafeDumper):
    """Writes the items of a list further in than its key."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        del indentless
        super().increase_indent(flow, False)


def _heading(kind: str, cron_job: str) -> str:
    lines = [
        f"# The template of the CronJob `{cron_job}` as a Job; `make generate` writes it anew:",
        f"#   kubectl create --filename k8s/jobs/{kind}.yaml",
    ]
    if MODEL in cron_job:
        lines += [
            "# Of the other model that ships with Rookery (your own have CronJobs, with specs):",
            f"#   sed s/{MODEL}/sex/g k8s/jobs/{kind}.yaml | kubectl create --filename -",
        ]
    return "\n".join([*lines, "apiVersion: batch/v1", "kind: Job", ""])


if __name__ == "__main__":
    main()
