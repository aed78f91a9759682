"""Builds the images of this checkout one after the other; the engine does only what changed."""

from collections.abc import Iterable
from pathlib import Path

from tools.docker.build import build
from tools.docker.images import size
from tools.docker.lent import ca_bundle, lent_arguments, lent_secrets
from tools.images.names import Image
from tools.progress import Progress


def build_all(wanted: Iterable[tuple[Image, Path]], checkout: Path, progress: Progress) -> None:
    """Builds each image under the name that the chart gives it, and tells its size."""
    secrets = lent_secrets(ca_bundle())
    for image, dockerfile in wanted:
        with progress.step(image.name):
            build(
                checkout,
                image.name,
                progress.log,
                dockerfile=dockerfile,
                arguments=lent_arguments(dockerfile.read_text()),
                secrets=secrets,
            )
        progress.say(f"  {size(image.name) / 1e6:.0f} MB")
    progress.say(progress.table())
