"""The API with a watch on its event loop, as a process that needs no other server.

It serves from its cache, as after a restart while the registry is away.
"""

from dataclasses import dataclass
from pathlib import Path

from rookery_api.base.cards import VersionCard
from rookery_api.registry.cache import Cache, CachedChampion
from rookery_core.settings import TrackingSettings
from rookery_runtime.bundle import Bundle
from tools.harness.api_process import ApiProcess
from tools.harness.bundles import FittedBundle, make_bundle
from tools.harness.costly.loop_watch import UNIT_MILLISECONDS, WATCH
from tools.harness.costly.requests import Costly
from tools.harness.costly.wide_model import wide_rows, wide_spec
from tools.harness.specs import write_spec

MODEL = "wide"
OTHERS = 29
"""Models of the same kind that have no champion."""
VERSIONS = 100
"""Of the model: as many as a card shows."""
NOBODY = TrackingSettings(url="http://127.0.0.1:9")
MEBIBYTE = 1024 * 1024


@dataclass(frozen=True)
class Held:
    """What a request was answered with, and how long it held the loop."""

    status: int
    answer_bytes: int
    text: str
    """The beginning of the answer."""
    milliseconds: float
    """Processor time of the loop's thread between two turns, the longest of the request."""
    relative: float
    """The same as it would be on the machine of the published list."""


class WatchedApi(ApiProcess):
    """`python -m tools.harness.costly.loop_watch`, which serves the wide model."""

    module = "tools.harness.costly.loop_watch"

    def __init__(self, folder: Path) -> None:
        specs = folder / "specs"
        specs.mkdir()
        for number in range(OTHERS):
            write_spec(specs, wide_spec(f"{MODEL}-{number}"))
        spec = wide_spec(MODEL)
        write_spec(specs, spec)
        fill_cache(folder / "cache", make_bundle(spec, read=wide_rows))
        super().__init__(folder, NOBODY, specs, poll_seconds=4, poll_backoff_seconds=3600)

    def held(self, request: Costly, rounds: int) -> Held:
        """Returns the round in which the request held the loop for the shortest time."""
        return min((self._ask(request) for _ in range(rounds)), key=lambda held: held.relative)

    def _ask(self, request: Costly) -> Held:
        self.client.get(WATCH)
        client = self.management if request.management else self.client
        answer = client.request(
            request.method, request.path, content=request.body, headers=request.headers
        )
        found = self.client.get(WATCH).json()
        return Held(
            answer.status_code,
            len(answer.content),
            answer.text[:500],
            found["processor"],
            found["processor"] * UNIT_MILLISECONDS / found["unit"],
        )


def fill_cache(folder: Path, made: FittedBundle) -> None:
    """Fills the cache with the bundle as the champion, and a long history."""
    history = [
        VersionCard(
            version=str(number),
            run_id=f"{number:032}",
            aliases=["champion"] if number == VERSIONS else [],
            created_at="2026-01-01T00:00:00+00:00",
            decision="rejected",
            promoted_at=None,
            epoch=number,
            barred=False,
            evidence={f"figure {part}": number / 7 for part in range(20)},
        )
        for number in range(VERSIONS, 0, -1)
    ]
    pointer = CachedChampion(
        version=str(VERSIONS),
        run_id=made.manifest.run_id,
        manifest_sha256=made.manifest_sha256,
        aliases={"champion": str(VERSIONS)},
        history=history,
    )
    bundle = Bundle(made.manifest, made.manifest_json, made.manifest_sha256, made.model)
    Cache(folder, 64 * MEBIBYTE, 64 * MEBIBYTE).write(MODEL, pointer, bundle)
