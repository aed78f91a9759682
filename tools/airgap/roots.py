"""File systems of Debian releases, made from packages."""

import shutil
from dataclasses import dataclass
from pathlib import Path

from tools.airgap import apt_sources, packages
from tools.cache import Cache, digest
from tools.commands import logged
from tools.docker import images

# What an image has no use for; the licences stay.
UNWANTED = (
    "/usr/share/man/*",
    "/usr/share/info/*",
    "/usr/share/locale/*",
    "/usr/share/doc/*",
)


@dataclass(frozen=True)
class Root:
    """A Debian release and the packages in it beyond the smallest system."""

    image: str
    release: str
    packages: tuple[str, ...]

    def key(self) -> str:
        """Returns the digest of what it is made from."""
        return digest(self.image, self.release, *self.packages, *UNWANTED)


BOOKWORM = Root(
    "rookery/airgap-bookworm:1",
    "bookworm",
    # systemd 252 boots on cgroup v1 and v2 alike; later ones on v2 alone.
    (
        *("systemd", "systemd-sysv", "dbus", "kmod", "procps", "psmisc", "util-linux", "mount"),
        *("iproute2", "iptables", "nftables", "ebtables", "conntrack", "ethtool", "socat"),
        *("containerd", "runc", "containernetworking-plugins", "libseccomp2", "busybox-static"),
        *("curl", "jq", "rsync", "tar", "hostname", "ca-certificates"),
    ),
)
PYTHON = Root(
    "rookery/airgap-python:1",
    "trixie",
    ("ca-certificates", "python3", "python3-venv", "python3-pip", "netbase", "tzdata"),
)


def ensure(root: Root, cache: Cache, log: Path) -> bool:
    """Makes the root an image if the engine does not have it, and tells whether it did."""
    return images.ensure(root.image, root.key(), lambda: _make(root, cache, log))


def _make(root: Root, cache: Cache, log: Path) -> None:
    packages.ensure({"mmdebstrap": "mmdebstrap"}, cache.root, log)
    work = cache.root / "work" / root.key()
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    sources = work / "sources.list"
    sources.write_text(apt_sources.sources(root.release))
    archive = work / "root.tar"
    options = [f"--include={','.join(root.packages)}"]
    options += [f"--dpkgopt=path-exclude={each}" for each in UNWANTED]
    options += ["--dpkgopt=path-include=/usr/share/doc/*/copyright"]
    logged(
        [
            "mmdebstrap",
            "--variant=minbase",
            "--mode=auto",
            *options,
            root.release,
            archive,
            sources,
        ],
        log,
    )
    images.import_root(archive, root.image, root.key(), log)
    shutil.rmtree(work)
