"""Mutated bundles, many through one process that reads them as the reader does."""

import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from tests.some import some
from tests.unit.runtime.support.mutations import SECRET, mutated
from tests.unit.runtime.support.opened import Watched
from tests.unit.trainer.support.estimators import SMALL
from tests.unit.trainer.support.penguins import (
    EVERYTHING,
    fitted,
    measured_rows,
    parted,
    species_spec,
)
from tests.unit.trainer.support.regression import number_snapshot, number_spec
from tests.unit.trainer.support.second_version import second_snapshot, spec_of

from rookery_core.spec.estimators import EstimatorName
from rookery_core.spec.model_spec import ModelSpec
from rookery_core.spec.task import Task
from rookery_runtime.bundle import Bundle, bundle_of
from rookery_trainer.bundle.export import export_bundle
from rookery_trainer.data.snapshot import Snapshot
from rookery_trainer.model.cross_validation import fit_rows
from rookery_trainer.model.scores import Estimate, Scores
from rookery_trainer.model.trial import Configuration, Trial
from rookery_trainer.model.value_scores import AnyScores, ValueScores

ROOT = Path(__file__).resolve().parents[4]


@dataclass
class Findings:
    """What became of the cases."""

    verdicts: Counter[str] = field(default_factory=Counter)
    slowest: float = 0.0
    opened: list[str] = field(default_factory=list)


def first_spec(estimator: EstimatorName) -> ModelSpec:
    """A spec of numbers and categories."""
    return species_spec(estimator, SMALL[estimator], EVERYTHING)


def exported(estimator: EstimatorName, folder: Path) -> Bundle:
    """A small bundle of format 1 as the trainer exports it."""
    spec = first_spec(estimator)
    snapshot = parted(spec, measured_rows(spec), seed=0)
    none = Estimate(0.0, 0.0)
    scores = Scores(none, none, none, none, tuple(none for _ in spec.classes), none, none)
    trial = Trial(0, Configuration(estimator, SMALL[estimator]), "0" * 32, scores)
    folder.mkdir()
    made = export_bundle(
        folder,
        fitted(snapshot, SMALL[estimator], seed=0),
        snapshot,
        trial,
        sweep_id="s",
        trained_at="2026-01-01T00:00:00+00:00",
    )
    return bundle_of(made.manifest, (folder / "model.onnx").read_bytes())


def exported_second(estimator: EstimatorName, task: Task, folder: Path) -> Bundle:
    """A small bundle of format 2, of classes or of a number, as the trainer exports it."""
    none = Estimate(0.0, 0.0)
    keys = {"estimator": estimator, "search_space": _space(estimator)}
    snapshot: Snapshot
    scores: AnyScores
    if task == "regression":
        snapshot = number_snapshot(number_spec(**keys))
        scores = ValueScores(none, none, none)
    else:
        snapshot = second_snapshot(spec_of(**keys))
        scores = Scores(none, none, none, none, (none,) * len(snapshot.spec.classes), none, none)
    configuration = Configuration(estimator, SMALL[estimator])
    folder.mkdir()
    made = export_bundle(
        folder,
        fit_rows(snapshot.spec, snapshot.training, configuration, seed=0),
        snapshot,
        Trial(0, configuration, "0" * 32, scores),
        sweep_id="s",
        trained_at="2026-01-01T00:00:00+00:00",
    )
    return bundle_of(made.manifest, (folder / "model.onnx").read_bytes())


def _space(estimator: EstimatorName) -> dict[str, object]:
    return {
        name: {"distribution": "choice", "values": [value]}
        for name, value in SMALL[estimator].items()
    }


def cases(bundle: Bundle, seeds: range) -> Iterator[bytes]:
    """A mutated model for each seed."""
    for seed in seeds:
        yield mutated(bundle.model, Random(seed))


def fuzz(bundle: Bundle, seeds: range, folder: Path) -> Findings:
    """What a process makes of the bundle's mutations; fails where it dies of one.

    The process works in `folder`, which holds a file that no case may open.
    """
    folder.mkdir()
    (folder / SECRET).write_bytes(b"\0\0\0\0" * 100)
    findings = Findings()
    with (
        Watched(folder) as watched,
        subprocess.Popen(
            [sys.executable, "-P", "-m", "tests.unit.runtime.support.fuzzed"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            cwd=folder,
            env={"PYTHONPATH": str(ROOT), "OPENBLAS_NUM_THREADS": "1"},
        ) as process,
    ):
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(b"%d\n%b" % (len(bundle.manifest_json), bundle.manifest_json))
        for seed, content in zip(some(seeds), cases(bundle, seeds), strict=True):
            process.stdin.write(b"%d\n%b" % (len(content), content))
            process.stdin.flush()
            line = process.stdout.readline()
            assert line, f"seed {seed} of {bundle.manifest.estimator} ended its reader"
            verdict, seconds = line.decode().split()
            findings.verdicts[verdict] += 1
            findings.slowest = max(findings.slowest, float(seconds))
            findings.opened += watched.opened()
        process.stdin.close()
    assert process.returncode == 0
    return findings
