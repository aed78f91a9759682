"""Penguins as the trainer sees them: the measured ones, and drawn ones like them."""

import csv
from collections.abc import Iterable, Mapping
from importlib.resources import files

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.pipeline import Pipeline

from rookery_core.manifest import MISSING_CATEGORY
from rookery_core.spec.catalog import load_catalog
from rookery_core.spec.columns import AnyColumn, CategoryColumn
from rookery_core.spec.distributions import Choice, Distribution, ParameterValue
from rookery_core.spec.estimators import SEARCHABLE, EstimatorName
from rookery_core.spec.model_spec import ModelSpec
from rookery_trainer.data.rows import Rows, row_keys
from rookery_trainer.data.snapshot import Snapshot
from rookery_trainer.model.cross_validation import fit_rows
from rookery_trainer.model.trial import Configuration, Parameters

MEASURES = ("bill_length_mm", "bill_depth_mm", "flipper_length_mm", "body_mass_g")
EVERYTHING = ("island", *MEASURES, "sex")
"""Categories too, with missing values among them."""


def species_spec(
    estimator: EstimatorName = "random_forest",
    space: Mapping[str, Distribution | ParameterValue] | None = None,
    features: Iterable[str] = MEASURES,
) -> ModelSpec:
    """Changes estimator, search space (a value is itself) and features of the shipped spec.

    It is of the first version unless the estimator is not.
    """
    distributions = {
        name: Choice(distribution="choice", values=(drawn,))
        if drawn is None or isinstance(drawn, (bool, int, float, str))
        else drawn
        for name, drawn in (space or {"n_estimators": 20}).items()
    }
    changes: dict[str, object] = {
        "spec": SEARCHABLE[estimator].since,
        "estimator": estimator,
        "search_space": distributions,
        "features": tuple(features),
        "trials": 1,
    }
    shipped = load_catalog()["species"]
    return ModelSpec.model_validate({**shipped.model_dump(), **changes})


def measured_rows(spec: ModelSpec) -> Rows:
    """Reads every row of the shipped file, those with missing measures too."""
    text = files("rookery_core").joinpath("data", "penguins_size.csv").read_text(encoding="utf-8")
    header, *records = csv.reader(text.splitlines())
    cells: dict[str, list[str]] = {}
    for column in spec.columns:
        place = next(i for i, name in enumerate(header) if name in column.header_names)
        cells[column.name] = [record[place] for record in records]
    labels = np.array([spec.classes.index(label) for label in cells[spec.target]], dtype=np.intp)
    features = {column.name: _values(column, cells[column.name]) for column in spec.feature_columns}
    return _rows(features, labels)


def _values(column: AnyColumn, cells: list[str]) -> NDArray[np.generic]:
    if isinstance(column, CategoryColumn):
        known = [cell if cell in column.labels else MISSING_CATEGORY for cell in cells]
        return np.array(known, dtype=object)
    return np.array([np.nan if cell == "NA" else float(cell) for cell in cells], dtype=np.float32)


def _rows(features: Mapping[str, NDArray[np.generic]], labels: NDArray[np.intp]) -> Rows:
    keys = row_keys(f"{position:09}".encode() for position in range(len(labels)))
    return Rows(features=pd.DataFrame(features), labels=labels, keys=keys)


def drawn_rows(spec: ModelSpec, number: int, generator: np.random.Generator) -> Rows:
    """Draws `number` penguins with the measured species' shares, means and covariances."""
    measured = measured_rows(spec)
    complete = ~measured.features.isna().any(axis=1).to_numpy()
    measures = measured.features.to_numpy(dtype=np.float64)[complete]
    species = measured.labels[complete]
    labels = generator.choice(species, number)
    drawn = np.empty((number, measures.shape[1]))
    for label in range(len(spec.classes)):
        members, places = measures[species == label], labels == label
        mean, covariance = members.mean(axis=0), np.cov(members, rowvar=False)
        drawn[places] = generator.multivariate_normal(mean, covariance, int(places.sum()))
    columns = dict(zip(spec.features, drawn.T.astype(np.float32), strict=True))
    return _rows(columns, labels)


def shuffled(rows: Rows, generator: np.random.Generator) -> Rows:
    """Shuffles the labels, so that nothing can be learned from the rows."""
    return Rows(rows.features, generator.permutation(rows.labels), rows.keys)


def parted(spec: ModelSpec, rows: Rows, seed: int, data_digest: str = "digest") -> Snapshot:
    """Makes a snapshot with a fifth of the rows held out at random."""
    order = np.random.default_rng(seed).permutation(len(rows))
    held = len(rows) // 5
    return Snapshot(
        spec=spec,
        watermark=1,
        data_digest=data_digest,
        training=rows.take(order[held:]),
        holdout=rows.take(order[:held]),
        learned=spec,
    )


def fitted(snapshot: Snapshot, parameters: Parameters, seed: int) -> Pipeline:
    """Fits the configuration to all training rows."""
    configuration = Configuration(snapshot.spec.estimator, parameters)
    return fit_rows(snapshot.spec, snapshot.training, configuration, seed)
