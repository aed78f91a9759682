"""Who may do what in the object store, as policies in the form of S3."""

from collections.abc import Mapping
from typing import NamedTuple, TypedDict

READ = ("s3:GetObject",)
WRITE = (
    *("s3:PutObject", "s3:DeleteObject"),
    *("s3:AbortMultipartUpload", "s3:ListMultipartUploadParts"),
)
LIST = ("s3:ListBucket", "s3:GetBucketLocation")
MULTIPART = ("s3:ListBucketMultipartUploads",)


USERS = ("mlflow", "ingest", "trainer", "retention", "upload", "test")
"""Who has a key of its own in the release's own store."""
TESTED = "/rookery-test/*"
"""Which objects of a bucket `helm test` makes and removes."""


class Buckets(NamedTuple):
    """The buckets of an installation; two may be the same one."""

    artifacts: str
    """Of MLflow's runs."""
    data: str
    """Of source files."""
    snapshots: str
    """Of the rows that sweeps train on; empty where they are not kept."""


class Statement(TypedDict):
    """One line of a policy."""

    Effect: str
    Action: list[str]
    Resource: list[str]


class Policy(TypedDict):
    """What a user may do."""

    Version: str
    Statement: list[Statement]


def policies(buckets: Buckets) -> Mapping[str, Policy]:
    """Returns by user what it may do in these buckets.

    Ingest reads sources, and an upload writes them: every bucket but those of the others. What
    removes sweeps also removes the rows that they were trained on, without reading them.
    """
    artifacts, data, snapshots = buckets
    own = {artifacts, snapshots} - {data, ""}
    used = tuple(filter(None, buckets))
    return {
        "mlflow": _policy(_writes(artifacts)),
        "ingest": _policy(_reads("*"), _nothing_of(own)),
        "trainer": _policy(_writes(snapshots) if snapshots else _nothing_of({"*"})),
        "retention": _policy(_writes(artifacts), _removes(snapshots) if snapshots else []),
        "upload": _policy(_writes("*"), _nothing_of(own)),
        "test": _policy(
            [_allowed(LIST, used), _allowed((*READ, *WRITE), used, TESTED)],
        ),
    }


def _policy(*statements: list[Statement]) -> Policy:
    flat = [each for several in statements for each in several]
    return {"Version": "2012-10-17", "Statement": flat}


def _reads(*names: str) -> list[Statement]:
    return [_allowed(LIST, names), _allowed(READ, names, "/*")]


def _writes(name: str) -> list[Statement]:
    return [_allowed((*LIST, *MULTIPART), (name,)), _allowed((*READ, *WRITE), (name,), "/*")]


def _removes(name: str) -> list[Statement]:
    # The manifests say which rows are old, and hold none.
    manifests = _allowed(("s3:GetObject",), (name,), "/*/manifest.json")
    return [_allowed(LIST, (name,)), _allowed(("s3:DeleteObject",), (name,), "/*"), manifests]


def _nothing_of(names: set[str]) -> list[Statement]:
    if not names:
        return []
    resources = [_resource(name, end) for name in sorted(names) for end in ("", "/*")]
    return [{"Effect": "Deny", "Action": ["s3:*"], "Resource": resources}]


def _allowed(actions: tuple[str, ...], names: tuple[str, ...], end: str = "") -> Statement:
    resources = [_resource(name, end) for name in dict.fromkeys(names)]
    return {"Effect": "Allow", "Action": list(actions), "Resource": resources}


def _resource(name: str, end: str) -> str:
    return f"arn:aws:s3:::{name}{end}"
