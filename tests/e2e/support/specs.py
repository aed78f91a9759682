"""A model that the chart does not ship: the penguins' sex once more, under another name."""

import json
from pathlib import Path
from typing import Literal

from tools.checkout import ROOT

from rookery_core.spec.catalog import load_catalog
from rookery_core.spec.distributions import LogUniform
from rookery_core.spec.model_spec import ModelSpec
from rookery_core.spec.source import Source

MODEL = "fledgling"
PENGUINS = ROOT / "services" / "core" / "src" / "rookery_core" / "data" / "penguins_size.csv"
HEADER = "species,island,culmen_length_mm,culmen_depth_mm,flipper_length_mm,body_mass_g,sex"
# Regularised until hardly anything of the measurements is left: right more often than not, and
# never sure of it.
WEAK = LogUniform(distribution="loguniform", a=1e-4, b=1e-3)
STRONG = LogUniform(distribution="loguniform", a=0.1, b=100)


def spec(strength: Literal["weak", "strong"]) -> ModelSpec:
    """Makes the spec of a logistic regression on a table that comes with the values."""
    shipped = load_catalog()["sex"]
    space = {**shipped.search_space, "C": WEAK if strength == "weak" else STRONG}
    named = {"name": MODEL, "title": "Fledgling", "search_space": space}
    source = Source(url=f"file:{MODEL}.csv")
    return shipped.model_copy(update={**named, "source": source})


def written(folder: Path, strength: Literal["weak", "strong"]) -> Path:
    """Writes the spec as a file for `--set-file`; JSON is YAML."""
    path = folder / f"{MODEL}-{strength}.yaml"
    path.write_text(json.dumps(spec(strength).model_dump(mode="json")))
    return path


def bad_table(folder: Path) -> Path:
    """Writes a table of which every row is refused: each penguin weighs nothing."""
    path = folder / "bad.csv"
    row = "Adelie,Torgersen,39.1,18.7,181,0,MALE"
    path.write_text("\n".join([HEADER, *[row] * 100]) + "\n")
    return path
