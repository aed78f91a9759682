"""Measures seconds and MiB over the number of rows: ingest, snapshot, a fit of each estimator.

    .venv/bin/python -m tools.bench.scale [--rows 1000 10000 100000 1000000] [--picture scale.png]

The table has sixteen numbers, four categories of eight labels and a target of two classes. Each
figure is that of a process of its own: wall time, processor time, and the memory at its peak beyond
what the imports took. Beside them stand bare scikit-learn, LightGBM and XGBoost on the same rows,
in the environment of `make .venv/tables`. It starts its own servers.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from rookery_core.database.connection import engine
from rookery_core.database.names import PROCESSED, ROLE_INGEST, ROLE_TRAINER
from rookery_core.settings import PostgresSettings, S3Settings
from rookery_core.spec.estimators import SEARCHABLE
from rookery_core.spec.model_spec import ModelSpec
from rookery_core.spec.spec_yaml import parse_spec
from rookery_core.waiting import Wait
from rookery_ingest.ingest import ingest
from rookery_ingest.settings import IngestSettings
from rookery_local.process.settings_environment import environment_of
from rookery_local.servers.store_identities import SNAPSHOTS
from rookery_local.stack.stack import Stack
from rookery_trainer.data.batch import await_batch
from rookery_trainer.data.snapshot import Snapshot, read_snapshot
from rookery_trainer.model.cross_validation import fit_rows
from rookery_trainer.model.search_space import configurations
from rookery_trainer.model.trial import Configuration
from rookery_trainer.store.stored_batches import StoredBatches
from rookery_trainer.stored_objects import StoredObjects
from tools.bench.ingest import measured
from tools.checkout import ROOT
from tools.harness.own_stack import make_roles, stack_to_be

ROWS = (1_000, 10_000, 100_000, 1_000_000)
LABELS = [f"label {number}" for number in range(8)]
NUMBERS = [f"n{number}" for number in range(16)]
CATEGORIES = [f"c{number}" for number in range(4)]
TREES: Mapping[str, Any] = {"n_estimators": 100, "max_depth": 8}
PARAMETERS: Mapping[str, Mapping[str, Any]] = {
    "logistic_regression": {"C": 1.0},
    "random_forest": TREES,
    "extra_trees": TREES,
}
"""What is fitted, where the first draw of an estimator's own search space would not compare."""
LARGEST = {"gradient_boosting": 100_000, "k_nearest_neighbors": 100_000, "calibrated_svc": 10_000}
"""The most rows at which an estimator is measured that takes too long for more."""
TABLES = ROOT / ".venv/tables/bin/python"
LIBRARIES = ROOT / "tools/bench/scale_libraries.py"

Figures = dict[str, Any]


def frame(rows: int) -> pd.DataFrame:
    """Makes the table."""
    draw = np.random.default_rng(1)
    columns: dict[str, Any] = {name: draw.normal(size=rows).round(4) for name in NUMBERS}
    columns |= {name: draw.choice(LABELS, rows) for name in CATEGORIES}
    logit = columns["n0"] + 0.5 * columns["n1"] * columns["n2"] + (columns["c0"] == LABELS[3])
    columns["y"] = np.where(logit + draw.logistic(size=rows) > 0, "yes", "no")
    for name in NUMBERS[:3]:
        columns[name][draw.random(rows) < 0.05] = np.nan
    return pd.DataFrame(columns)


def spec_of(file: Path, rows: int) -> ModelSpec:
    """Makes the table's spec."""
    columns = [
        *({"name": name, "kind": "number"} for name in NUMBERS),
        *({"name": name, "kind": "category", "values": LABELS} for name in CATEGORIES),
        {"name": "y", "kind": "category", "values": ["no", "yes"]},
    ]
    document = {
        "spec": 2,
        "name": f"scale{rows}",
        "source": {"url": f"file:{file}"},
        "columns": columns,
        "target": "y",
        "features": "all",
        "estimator": "logistic_regression",
    }
    return parse_spec(json.dumps(document), "scale")


def snapshot_of(spec: ModelSpec) -> Snapshot:
    """Reads the snapshot, from the object store where it is there."""
    postgres = PostgresSettings()
    stored = StoredBatches(StoredObjects(S3Settings(), f"s3://{SNAPSHOTS}"), postgres, kept=2)
    source = engine(postgres, PROCESSED)
    try:
        return read_snapshot(source, spec, await_batch(source, spec, Wait(60)), stored)
    finally:
        source.dispose()


def fit_of(estimator: str, spec: ModelSpec) -> Callable[[], object]:
    """Prepares a fit of the estimator to the training rows."""
    chosen = spec.model_copy(
        update={"estimator": estimator, "search_space": dict(SEARCHABLE[estimator].space)}
    )
    drawn = next(iter(configurations(chosen, 1)))
    configuration = (
        Configuration(drawn.estimator, PARAMETERS[estimator]) if estimator in PARAMETERS else drawn
    )
    rows = snapshot_of(spec).training
    return lambda: fit_rows(chosen, rows, configuration, 1)


def prepared(step: str, spec: ModelSpec) -> Callable[[], object]:
    """Prepares a step of which the time is measured."""
    if step == "ingest":
        return lambda: ingest(spec, PostgresSettings(), S3Settings(), IngestSettings())
    if step.startswith("snapshot"):
        return lambda: snapshot_of(spec)
    return fit_of(step, spec)


def steps(rows: int, estimators: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Yields each step of ours and the role in which it is done, in their order."""
    yield "ingest", ROLE_INGEST
    yield "snapshot, first", ROLE_TRAINER
    yield "snapshot, later", ROLE_TRAINER
    for estimator in estimators:
        if rows <= LARGEST.get(estimator, rows):
            yield estimator, ROLE_TRAINER


def in_a_process(command: Sequence[object], environment: Mapping[str, str]) -> Iterator[Figures]:
    """Runs a program; yields the JSON objects that it prints."""
    done = subprocess.run(
        [*map(str, command)],
        env={**os.environ, **environment},
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    for line in done.stdout.splitlines():
        if line.startswith('{"seconds"'):
            yield json.loads(line)


def figures(
    stack: Stack, folder: Path, rows: int, estimators: Sequence[str], *, libraries: bool
) -> Iterator[Figures]:
    """Measures all steps at this number of rows."""
    file = folder / f"{rows}.csv"
    frame(rows).to_csv(file, index=False)
    store = environment_of(stack.object_store.settings)
    for step, role in steps(rows, estimators):
        own = [sys.executable, "-m", "tools.bench.scale", "--step", step, "--file", file]
        environment = {**environment_of(stack.postgres.settings(role)), **store}
        for found in in_a_process([*own, "--rows", str(rows)], environment):
            yield {"step": step, "rows": rows, **found}
    if libraries:
        # As ours: scikit-learn's boosting takes no other number of threads from its caller.
        alone = {"OMP_NUM_THREADS": "1"}
        yield from (
            {"rows": rows, **found} for found in in_a_process([TABLES, LIBRARIES, file], alone)
        )


def draw(found: Sequence[Figures], picture: Path) -> None:
    """Draws seconds and MiB over rows."""
    import matplotlib as mpl  # noqa: PLC0415 (the steps that are measured do without)

    mpl.use("Agg")
    from matplotlib import pyplot  # noqa: PLC0415

    drawing, axes = pyplot.subplots(1, 2, figsize=(14, 6), layout="constrained")
    for number, step in enumerate(dict.fromkeys(each["step"] for each in found)):
        of_step = [each for each in found if each["step"] == step]
        for axis, figure in zip(axes, ("cpu_seconds", "extra_mb"), strict=True):
            axis.loglog(
                [each["rows"] for each in of_step],
                [max(each[figure], 0.01) for each in of_step],
                color=mpl.colormaps["tab20"](number % 20),
                marker="o",
                linestyle="--" if step.startswith("bare") else "-",
                label=step,
            )
    axes[0].set(xlabel="rows", ylabel="processor seconds")
    axes[1].set(xlabel="rows", ylabel="MiB")
    drawing.legend(*axes[0].get_legend_handles_labels(), loc="outside right upper", fontsize=8)
    drawing.savefig(picture, bbox_inches="tight", dpi=72)
    pyplot.close(drawing)


def main() -> None:
    """Prints one JSON line for each figure; draws them where a picture is named."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, nargs="+", default=ROWS)
    of_classes = [name for name, each in SEARCHABLE.items() if "classification" in each.tasks]
    parser.add_argument("--estimators", nargs="*", default=of_classes, choices=of_classes)
    parser.add_argument("--without-libraries", action="store_true")
    parser.add_argument("--picture", type=Path)
    parser.add_argument("--step", help=argparse.SUPPRESS)
    parser.add_argument("--file", type=Path, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.step:
        run = prepared(arguments.step, spec_of(arguments.file, arguments.rows[0]))
        print(json.dumps(measured(run)))
        return
    found: list[Figures] = []
    with tempfile.TemporaryDirectory(prefix="rookery-scale-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        with stack_to_be(folder / "stack") as stack:
            stack.object_store.start()
            stack.postgres.start()
            make_roles(stack)
            for rows in arguments.rows:
                libraries = not arguments.without_libraries
                for each in figures(stack, folder, rows, arguments.estimators, libraries=libraries):
                    print(json.dumps(each), flush=True)
                    found.append(each)
    if arguments.picture:
        draw(found, arguments.picture)


if __name__ == "__main__":
    main()
