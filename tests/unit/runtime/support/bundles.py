"""Bundles of small graphs, whose golden predictions are what the graph says."""

import hashlib

import numpy as np
from tests.unit.runtime.support.graphs import ANSWER, answers_of, contract, written

from rookery_core.contract import Contract
from rookery_core.labels import predicted_classes
from rookery_core.manifest import GoldenPrediction, Manifest
from rookery_runtime.bundle import Bundle, bundle_of
from rookery_runtime.graph.rebuild import rebuild

GOLDEN = ((0.0, 1.0), (0.25, 0.5), (1.0, 0.0))


def golden(content: bytes) -> tuple[GoldenPrediction, ...]:
    """What the graph says of a few rows."""
    columns = dict(zip("ab", np.array(GOLDEN, np.float32).T.reshape(2, -1, 1), strict=True))
    told = answers_of(rebuild(content, contract()).content, columns)
    return tuple(
        GoldenPrediction(
            inputs={"a": row[0], "b": row[1]},
            label=f"c{label}",
            probabilities=tuple(float(value) for value in answer),
        )
        for row, label, answer in zip(GOLDEN, predicted_classes(told), told, strict=True)
    )


def bundle(content: bytes, rows: tuple[GoldenPrediction, ...] | None = None) -> Bundle:
    """A bundle of the graph; its golden predictions are those of a sound one, unless told."""
    rows = golden(written(ANSWER)) if rows is None else rows
    return bundle_of(manifest_of(contract(), content, rows), content)


def manifest_of(contract: Contract, content: bytes, rows: tuple[GoldenPrediction, ...]) -> Manifest:
    """Makes the manifest that belongs to `content`; nobody trained it."""
    return Manifest(
        contract=contract,
        model_sha256=hashlib.sha256(content).hexdigest(),
        model_bytes=max(1, len(content)),
        estimator="logistic_regression",
        parameters={},
        metrics={"log_loss": 0.5},
        metric="log_loss",
        data_digest="d",
        training_rows=1,
        holdout_rows=1,
        spec_digest="0" * 64,
        sweep_id="s",
        run_id="r",
        trained_at="2026-01-01T00:00:00+00:00",
        golden=rows,
    )
