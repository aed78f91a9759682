"""Programs built from Go modules; the go.sum beside each go.mod pins and checks them."""

import json
import shutil
from dataclasses import dataclass
from pathlib import Path

from tools.airgap import golang
from tools.cache import Cache, digest
from tools.commands import environment, logged, output

FOLDER = Path(__file__).parent / "go"
KUBERNETES = "v1.34.4"
STAMPED = ("k8s.io/component-base/version", "k8s.io/client-go/pkg/version")


@dataclass(frozen=True)
class Program:
    """A folder below `go/`, and what `go build` is told beyond the ordinary."""

    name: str
    what: str
    target: str = "tool"
    flags: str = ""

    @property
    def module(self) -> Path:
        """Names the folder with its go.mod."""
        return FOLDER / self.name

    def key(self) -> str:
        """Returns the digest of what it is built from."""
        return digest(self.module, self.target, self.flags)


def stamp(version: str) -> str:
    """Returns linker flags; without them kubeadm does not know which release it is."""
    major, minor, _ = version.lstrip("v").split(".")
    values = {"gitVersion": version, "gitMajor": major, "gitMinor": minor}
    return " ".join(f"-X {p}.{name}={value}" for p in STAMPED for name, value in values.items())


PROGRAMS = (
    # First: it renders the chart, and the images in the chart need stand-ins.
    Program("helm", "Helm"),
    Program("kubernetes", f"Kubernetes {KUBERNETES}", flags=stamp(KUBERNETES)),
    # Not among the others: it imports logrus by its old name, Go refuses both in one build.
    Program("local-path-provisioner", "the provisioner of volumes"),
    Program("etcd", "etcd"),
    Program("coredns", "CoreDNS with the plugins of a cluster", target="."),
    Program("pause", "the process that holds a pod's namespaces", target="."),
    Program("kube-router", "kube-router, which enforces NetworkPolicies"),
    Program("metrics-server", "metrics-server, by which pods are scaled"),
    Program("kind", "kind"),
)


def named(name: str) -> Program:
    """Returns the program of that name."""
    return next(each for each in PROGRAMS if each.name == name)


def ensure(program: Program, cache: Cache, log: Path) -> Path:
    """Returns the folder with the built programs; builds them where it is missing."""
    return cache.folder(program.name, program.key(), lambda out: _build(program, out, cache, log))


def source(program: Program, module: str, cache: Cache, log: Path) -> Path:
    """Returns the folder with the sources of a module that the program requires."""
    go = golang.tool(cache, log)
    with environment(_environment(cache)):
        told = output(go, "-C", program.module, "mod", "download", "-json", module)
    return Path(json.loads(told)["Dir"])


def forget_intermediates(cache: Cache) -> None:
    """Deletes modules and compiled packages, which are gigabytes: all programs are built."""
    shutil.rmtree(cache.root / "go", ignore_errors=True)


def _build(program: Program, out: Path, cache: Cache, log: Path) -> None:
    go = golang.tool(cache, log)
    flags = f"-s -w {program.flags}".strip()
    options = ["-v", "-trimpath", f"-ldflags={flags}", "-o", f"{out}/"]
    with environment(_environment(cache)):
        logged([go, "build", *options, program.target], log, folder=program.module)


def _environment(cache: Cache) -> dict[str, str]:
    """Returns Go's settings: the machine's own module proxy, and caches in ours."""
    return {
        "CGO_ENABLED": "0",
        "GOFLAGS": "-mod=readonly -buildvcs=false -modcacherw",
        "GOWORK": "off",
        "GOMODCACHE": str(cache.root / "go" / "modules"),
        "GOCACHE": str(cache.root / "go" / "build"),
    }
