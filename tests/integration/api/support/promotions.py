"""Promotions under load: what every answer said, against the version it names."""

import asyncio
import json
import threading
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from tools.harness.api_process import ApiProcess
from tools.harness.bundles import FittedBundle, RegisteredModel, make_bundle
from tools.harness.load import Load, load, post

CONNECTIONS = 64


@dataclass
class Answers:
    """The answers of one process, in the order in which they came."""

    by_version: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    """Version to what it answered, as JSON: one text where it always said the same."""
    order: list[int] = field(default_factory=list)
    """Versions as they appeared, without repeats."""

    def take(self, status: int, body: bytes) -> None:
        """One more answer."""
        if status != 200:
            return
        answer: dict[str, Any] = json.loads(body)
        version = answer["model"]["version"]
        said = json.dumps([answer["class"], answer["probabilities"]])
        self.by_version[version].add(said)
        if not self.order or self.order[-1] != int(version):
            self.order.append(int(version))


@dataclass
class Outcome:
    """What a series of promotions under load came to."""

    load: Load
    answers: Answers
    golden: dict[str, str]
    """Version to what its golden prediction says, as `Answers` writes it."""


def promote_under_load(
    api: ApiProcess, registered: RegisteredModel, count: int, pause: float
) -> Outcome:
    """Promotes `count` versions one after the other while 64 connections ask.

    `pause` seconds between an answer and the next request leave the other servers some of the
    machine.
    """
    first = make_bundle(registered.spec, seed=1000)
    inputs = first.manifest.golden[0].inputs
    golden = {registered.promote(first): said(first, inputs)}
    api.await_version(registered.spec.name, next(iter(golden)))
    answers, stopped, loads = Answers(), threading.Event(), []
    request = post(f"/predict/{registered.spec.name}", json.dumps(inputs).encode(), api.port)

    def ask() -> None:
        loads.append(
            asyncio.run(
                load(
                    api.port,
                    request,
                    connections=CONNECTIONS,
                    stop=stopped.is_set,
                    on_answer=answers.take,
                    pause=pause,
                )
            )
        )

    asking = threading.Thread(target=ask)
    asking.start()
    try:
        for seed in range(count):
            made = make_bundle(registered.spec, seed=seed)
            version = registered.promote(made)
            golden[version] = said(made, inputs)
            api.await_version(registered.spec.name, version)
    finally:
        stopped.set()
        asking.join()
    return Outcome(loads[0], answers, golden)


def said(made: FittedBundle, inputs: dict[str, Any]) -> str:
    """What the bundle's golden prediction for `inputs` says."""
    golden = next(row for row in made.manifest.golden if row.inputs == inputs)
    probabilities = dict(zip(made.spec.classes, golden.probabilities, strict=True))
    return json.dumps([golden.label, probabilities])
