"""The node image: what `kind create cluster` starts, with everything a cluster needs inside."""

import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tools.airgap import roots
from tools.airgap.programs import KUBERNETES
from tools.airgap.roots import Root
from tools.cache import Cache, digest
from tools.commands import logged, output
from tools.docker import images
from tools.docker.build import build

FOLDER = Path(__file__).parent / "node"
NAME = f"rookery/node:{KUBERNETES}"
TOOLS = "rookery/airgap-node-tools:1"
PROVISIONER = "rookery/airgap-local-path-provisioner:1"
ON_NODE = ("kubeadm", "kubelet", "kubectl")
ROUTER = "rookery/airgap-kube-router:1"
PROXY_ROOT = Root(
    "rookery/airgap-proxy-root:1", "bookworm", ("iptables", "ipset", "kmod", "conntrack")
)
# The names that kubeadm gives to images, and the programs of ours that are in them.
CONTROL_PLANE = {
    "kube-apiserver": ("kubernetes", "kube-apiserver"),
    "kube-controller-manager": ("kubernetes", "kube-controller-manager"),
    "kube-scheduler": ("kubernetes", "kube-scheduler"),
    "kube-proxy": ("kubernetes", "kube-proxy"),
    "coredns": ("coredns", "coredns"),
    "pause": ("pause", "pause"),
    "etcd": ("etcd", "server"),
}


# All programs whose change makes another node image; kind brings the files of its base image.
INSIDE = (
    "kubernetes",
    "local-path-provisioner",
    "etcd",
    "coredns",
    "pause",
    "kube-router",
    "kind",
)
# kind applies one file beside the storage class.
MANIFESTS = ("pod-network", "network-policies")


@dataclass(frozen=True)
class NodeImage:
    """The node image of this machine, made of programs that are built."""

    programs: Mapping[str, Path]
    """The folder of each program by its name below `go/`."""

    kind_files: Callable[[], Path]
    """Brings the entrypoint, units and settings of kind's own base image."""

    lacks_sys_resource: bool
    cache: Cache
    log: Path

    def key(self) -> str:
        """Returns the digest of all that it is made from."""
        return digest(
            FOLDER,
            Path(__file__),
            *(self.programs[name].name for name in INSIDE),
            roots.BOOKWORM.key(),
            PROXY_ROOT.key(),
            str(self.lacks_sys_resource),
        )

    def ensure(self) -> bool:
        """Makes the image if the engine does not have it, and tells whether it did."""
        return images.ensure(NAME, self.key(), self._build)

    @property
    def work(self) -> Path:
        """Names the folder in which its parts are put together."""
        return self.cache.root / "work" / "node"

    def _build(self) -> None:
        roots.ensure(roots.BOOKWORM, self.cache, self.log)
        roots.ensure(PROXY_ROOT, self.cache, self.log)
        shutil.rmtree(self.work, ignore_errors=True)
        self.work.mkdir(parents=True)
        wanted = self._wanted()
        for name in wanted:
            self._system_image(name)
        self._extra_images()
        self._node(next(name for name in wanted if "/pause:" in name))
        inside = [*wanted, TOOLS, PROVISIONER, ROUTER]
        self._preload(inside)
        for name in (*inside, f"{NAME}-empty", PROXY_ROOT.image):
            images.remove(name)
        shutil.rmtree(self.work)

    def _wanted(self) -> list[str]:
        kubeadm = self.programs["kubernetes"] / "kubeadm"
        return output(
            kubeadm, "config", "images", "list", "--kubernetes-version", KUBERNETES
        ).split()

    def _system_image(self, name: str) -> None:
        short = name.rpartition("/")[2].partition(":")[0]
        folder, file = CONTROL_PLANE[short]
        root = PROXY_ROOT.image if short == "kube-proxy" else "scratch"
        self._one_program(name, self.programs[folder] / file, short, root)

    def _one_program(self, name: str, program: Path, called: str, root: str) -> None:
        with self._context(called) as context:
            place = context / "files" / "usr" / "local" / "bin"
            place.mkdir(parents=True)
            shutil.copy2(program, place / called)
            (context / "files" / "entrypoint").symlink_to(f"usr/local/bin/{called}")
            self._image(context, "system.Dockerfile", name, ROOT=root)

    def _extra_images(self) -> None:
        with self._context("tools") as context:
            shutil.copy2(self.programs["kubernetes"] / "kubectl", context)
            shutil.copy2(FOLDER / "tools" / "pod-network", context)
            self._image(context, "tools.Dockerfile", TOOLS, ROOT=roots.BOOKWORM.image)
        called = "local-path-provisioner"
        self._one_program(PROVISIONER, self.programs[called] / called, called, "scratch")
        called = "kube-router"
        self._one_program(ROUTER, self.programs[called] / called, called, PROXY_ROOT.image)

    def _node(self, pause: str) -> None:
        with self._context("node") as context:
            for each in ON_NODE:
                (context / "programs").mkdir(exist_ok=True)
                shutil.copy2(self.programs["kubernetes"] / each, context / "programs")
            shutil.copytree(self.kind_files(), context / "kind")
            shutil.copytree(FOLDER / "files", context / "node")
            (context / "node" / "kind" / "manifests" / "default-cni.yaml").write_text(manifests())
            self._image(
                context,
                "Dockerfile",
                f"{NAME}-empty",
                ROOT=roots.BOOKWORM.image,
                PAUSE=pause,
                LACKS_SYS_RESOURCE=str(self.lacks_sys_resource),
                KUBERNETES=KUBERNETES,
            )

    def _image(self, context: Path, dockerfile: str, name: str, **arguments: str) -> None:
        build(
            context,
            name,
            self.log,
            dockerfile=FOLDER / dockerfile,
            arguments=arguments,
            labels={
                images.DIGEST: self.key(),
                images.STAND_IN: "Rookery's own, made from packages and Go modules",
            },
        )

    def _preload(self, names: list[str]) -> None:
        """Puts the images into the node's containerd; only then is the node image named."""
        archive = self.work / "images.tar"
        logged(["docker", "save", "-o", archive, *names], self.log)
        options = ["--privileged", "--volume", f"{archive}:/images.tar:ro", "--entrypoint", "sh"]
        container = output("docker", "create", *options, f"{NAME}-empty", "-euc", PRELOAD)
        try:
            logged(["docker", "start", "--attach", container], self.log)
            entrypoint = 'ENTRYPOINT ["/usr/local/bin/entrypoint", "/sbin/init"]'
            change = ["--change", entrypoint, "--change", "CMD []"]
            logged(["docker", "commit", *change, container, NAME], self.log)
        finally:
            output("docker", "rm", "--force", "--volumes", container)

    @contextmanager
    def _context(self, name: str) -> Iterator[Path]:
        folder = self.work / name
        folder.mkdir()
        yield folder
        shutil.rmtree(folder)


def manifests() -> str:
    """Returns the objects that kind makes in a new cluster for the traffic of its pods."""
    texts = ((FOLDER / "manifests" / f"{name}.yaml").read_text() for name in MANIFESTS)
    return "---\n".join(texts)


PRELOAD = """
containerd >/tmp/containerd.log 2>&1 &
containerd=$!
tries=0
until ctr version >/dev/null 2>&1; do
  tries=$((tries + 1)); [ "$tries" -lt 100 ] || { cat /tmp/containerd.log; exit 1; }
  sleep 0.2
done
ctr --namespace k8s.io images import --no-unpack /images.tar
ctr --namespace k8s.io images ls -q
kill $containerd; wait || true
rm -rf /tmp/containerd.log /run/containerd
"""
