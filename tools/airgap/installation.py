"""From a bare machine to one where docker, kind, kubectl and helm work, step by step."""

import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tools.airgap import (
    engine,
    firewall,
    image_names,
    links,
    node_image,
    packages,
    programs,
    stand_ins,
)
from tools.airgap.engine import Engine
from tools.airgap.machine import Machine
from tools.airgap.node_image import NodeImage
from tools.airgap.stand_ins import StandIn
from tools.cache import Cache
from tools.docker import client, images
from tools.failure import ToolError
from tools.progress import Progress

KIND = "sigs.k8s.io/kind"
ON_PATH = {"kind": "kind", "kubectl": "kubernetes", "helm": "helm"}
NODE = node_image.NAME
KIND_FILES = "images/base/files"


@dataclass(frozen=True)
class Installation:
    """What is made on a machine, under one folder."""

    cache: Cache
    machine: Machine
    checkout: Path
    progress: Progress

    @property
    def engine(self) -> Engine:
        """Returns an engine of our own, which is started only where no other one answers."""
        return Engine(self.cache.root / "engine", self.machine)

    @property
    def bin(self) -> Path:
        """Names the folder with kind, kubectl and helm."""
        return self.cache.root / "bin"

    def up(self) -> None:
        """Makes all of it, or whatever part of it is missing."""
        self.progress.log.parent.mkdir(parents=True, exist_ok=True)
        self.progress.log.write_text("")
        # An image without a stand-in is reported now, not after minutes; the chart's, after helm.
        self._chosen(helm=None)
        with self.progress.step("engine"):
            self._engine()
        built = self._programs()
        wanted = {name: built[folder] / name for name, folder in ON_PATH.items()}
        links.ensure(self.bin, {**wanted, "docker": Path(client.client()).resolve()})
        self._node_image(built)
        self._stand_ins(built)
        images.prune()
        programs.forget_intermediates(self.cache)
        self.progress.say(self.progress.table())
        self.progress.say(f"ready: kind create cluster --config kind-config.yaml --image {NODE}")

    def environment(self) -> dict[str, str]:
        """Returns what a shell has to set to use it; nothing while it is not there."""
        if not (self.bin / "kind").exists() or not images.exists(NODE):
            return {}
        path = f"{self.bin}{os.pathsep}{os.environ['PATH']}"
        return {"KIND_NODE_IMAGE": NODE, "PATH": path}

    def images(self) -> None:
        """Prints the images that are asked of a registry, and what takes the place of each."""
        helm = self.bin / "helm"
        if not helm.exists():
            self.progress.say("without what the chart alone names: `make airgap` makes its helm")
        for name, stand_in in self._chosen(helm if helm.exists() else None).items():
            size = images.size(name) / 1e6 if images.exists(name) else 0.0
            self.progress.say(f"{size:7.0f} MB  {name}  (tools/airgap/stand_ins/{stand_in.folder})")

    def stop(self) -> None:
        """Ends our engine and its containers; all that was made is kept."""
        self.engine.stop()

    def clean(self) -> None:
        """Removes all of it: containers, images, engine, packages, files, rules."""
        if engine.answers() and not engine.ours_answers():
            for image in images.ours():
                self.progress.say(f"  removing image {image}")
                images.remove(image)
        links.remove(self.bin)
        self.engine.remove()
        packages.purge(self.cache.root, Path("/dev/null"))
        shutil.rmtree(self.cache.root, ignore_errors=True)

    def _engine(self) -> None:
        if engine.ours_answers():
            if self.machine.root:
                # The rules may be lost, or an uplink new, since it was started.
                firewall.close(self.machine.uplinks)
            self.progress.say("  ours, running")
            return
        if engine.answers():
            self.progress.say("  this machine's own, as it is")
            return
        if not self.machine.root:
            raise ToolError(
                "no Docker engine answers, and only root can start one: "
                "start yours, add yourself to its group, or run this as root"
            )
        packages.ensure(engine.PACKAGES, self.cache.root, self.progress.log)
        self.engine.start()
        self.progress.say(f"  started, with its data in {self.engine.folder}")

    def _programs(self) -> dict[str, Path]:
        built = {}
        for program in programs.PROGRAMS:
            with self.progress.step(f"{program.name}: {program.what}, from Go modules"):
                built[program.name] = programs.ensure(program, self.cache, self.progress.log)
            if program.name == "helm":
                self._chosen(built["helm"] / "helm")
        return built

    def _node_image(self, built: Mapping[str, Path]) -> None:
        log = self.progress.log
        with self.progress.step(f"node image {NODE}"):
            kind = programs.named("kind")
            NodeImage(
                built,
                lambda: programs.source(kind, KIND, self.cache, log) / KIND_FILES,
                self.machine.lacks_sys_resource,
                self.cache,
                log,
            ).ensure()

    def _stand_ins(self, built: Mapping[str, Path]) -> None:
        log, ca_bundle = self.progress.log, self.machine.ca_bundle
        for name, stand_in in self._chosen(built["helm"] / "helm").items():
            with self.progress.step(f"stand-in for {name}"):
                stand_in.ensure(name, built, self.cache, ca_bundle, log)

    def _chosen(self, helm: Path | None) -> dict[str, StandIn]:
        return stand_ins.chosen(image_names.wanted(self.checkout, helm))
