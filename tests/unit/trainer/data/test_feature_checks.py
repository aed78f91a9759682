"""Features from which nothing can be learned are refused with the true reason."""

import numpy as np
import pytest
from pandas import DataFrame

from rookery_core.errors import Refused
from rookery_core.spec.catalog import load_catalog
from rookery_core.spec.model_spec import ModelSpec
from rookery_trainer.data.feature_checks import check_features, check_float32

COUNT = 200


@pytest.fixture
def spec() -> ModelSpec:
    return load_catalog()["species"].model_copy(update={"features": ("body_mass_g",)})


@pytest.mark.parametrize(
    ("start", "step"), [(1.7e9, 0.3), (16777216.0, 0.001), (-1.7e9, 0.3), (5e6, 1e-4), (0, 1e-50)]
)
def test_numbers_that_are_one_for_a_model_are_refused(
    spec: ModelSpec, start: float, step: float
) -> None:
    table = DataFrame({"body_mass_g": [None, *(start + step * np.arange(COUNT))]})

    with pytest.raises(Refused, match=r"200 different values of 'body_mass_g'.* float32"):
        check_float32(spec, table)


@pytest.mark.parametrize("values", [[1.7e9, 1.7e9 + 256], [3750.0, 3750.0], [None, None], [0.1]])
def test_numbers_that_differ_for_a_model_or_nowhere_pass(
    spec: ModelSpec, values: list[float | None]
) -> None:
    check_float32(spec, DataFrame({"body_mass_g": values}))


def test_rows_that_are_all_held_out_are_not_called_absent(spec: ModelSpec) -> None:
    none = DataFrame({"body_mass_g": np.array([], np.float32)})

    with pytest.raises(Refused, match=r"all 200 rows with a known 'species' are held out"):
        check_features(spec, none, COUNT)
    with pytest.raises(Refused, match=r"no training row with a known 'species'; ingest rows"):
        check_features(spec, none, 0)
