"""A model of one's own in a cluster: its data are uploaded, its spec becomes a value.

The data are stored under their SHA-256, and the spec pins it. So what a model was trained on can't
be overwritten, and values that are kept in git say exactly which content they mean.
"""

import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from rookery_core.errors import Refused
from rookery_core.spec.model_spec import ModelSpec
from rookery_core.spec.spec_yaml import parse_spec
from rookery_local.cluster.namespace import Namespace
from rookery_local.cluster.upload import content_of, put_content
from rookery_local.console.byte_progress import ByteProgress
from rookery_local.console.report import Report
from rookery_local.kind.installation import install
from rookery_local.kind.release import Release
from rookery_local.models.spec_text import changed

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

BUCKET = "data"
"""The bucket of source files, unless the value `global.s3.dataBucket` names another."""


@dataclass(frozen=True)
class ModelAddition:
    """A model that is to be added, with its spec as the release will have it."""

    name: str
    spec: str
    """The text of the spec; its source is the uploaded content."""

    @property
    def values(self) -> str:
        """Writes the values of the chart that add the model."""
        models = {self.name: {"spec": _Block(self.spec)}}
        return yaml.dump(
            {"global": {"models": models}}, Dumper=_Dumper, allow_unicode=True, width=10**6
        )


def read_spec(spec_file: Path, data: Path) -> ModelSpec:
    """Reads the spec, and checks all that can be said of both without the cluster.

    Raises:
        Refused: a file can't be read, the spec is not valid, or the data are too large for it.
    """
    spec = parse_spec(_text(spec_file), spec_file.name)
    size, limit = data.stat().st_size, spec.source.max_bytes
    if size > limit:
        raise Refused(
            f"{data} has {size} bytes, more than the {limit} of the spec's source.max_bytes; "
            "raise it if it should"
        )
    return spec


def pinned_addition(
    store: "S3Client", spec_file: Path, data: Path, bucket: str, report: Report
) -> ModelAddition:
    """Stores the data and pins them in the text of the spec; the spec's file stays as it is.

    Raises:
        Refused: the spec is not valid or pins another content, or the data were changed meanwhile.
    """
    spec = read_spec(spec_file, data)
    content = content_of(data)
    if spec.source.sha256 not in {None, content.sha256}:
        raise Refused(
            f"{spec_file} pins content {spec.source.sha256}, {data} has {content.sha256}; name the "
            "file that it pins, or remove source.sha256"
        )
    with report.step(f"upload {data.name}") as step:
        progress = ByteProgress(step, data.stat().st_size)
        url = put_content(store, content, bucket, progress)
        step.conclude(url if progress.sent else f"{url} is there already")
    values: dict[tuple[str, ...], str | int] = {
        ("source", "url"): url,
        ("source", "sha256"): content.sha256,
    }
    return ModelAddition(spec.name, changed(_text(spec_file), values, spec_file.name))


def require_upgradable(release: Release, namespace: Namespace) -> None:
    """Checks that the release is there and was made from this chart.

    Raises:
        Refused: it is not.
    """
    if release.state() is None:
        raise Refused(
            f"nothing is installed in namespace {namespace.name!r} of context "
            f"{namespace.context!r}; install the chart first, or write the values with --print"
        )
    release.require_chart()


def add(addition: ModelAddition, release: Release, namespace: Namespace, report: Report) -> None:
    """Upgrades the release with the model; returns when its Jobs have ingested and trained it.

    Raises:
        Refused: a Job found that it will never succeed.
        Unavailable: helm or a Job failed.
    """
    with tempfile.TemporaryDirectory() as folder:
        values = Path(folder, "values.yaml")
        values.write_text(addition.values, encoding="utf-8")
        install(release, namespace, report, values)


def _text(spec_file: Path) -> str:
    try:
        return spec_file.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise Refused(f"{spec_file} is not UTF-8: {error}; save it as UTF-8") from None


class _Block(str):
    """A text that YAML shows line by line."""

    __slots__ = ()


class _Dumper(yaml.SafeDumper):
    """Writes blocks."""


def _block(dumper: yaml.SafeDumper, text: _Block) -> Any:
    return dumper.represent_scalar("tag:yaml.org,2002:str", str(text), style="|")


_Dumper.add_representer(_Block, _block)
