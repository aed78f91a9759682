"""Too few rows of a class or too few groups are told by ingest, all at once."""

from tests.integration.ingest.support.ingested_model import HEADER, IngestedModel, MakeModel
from tests.some import some


def line(number: int, species: str = "Adelie", island: str = "Dream", mass: str = "3750") -> str:
    """Writes a row; its bill tells it from the others."""
    return f"{species},{island},{30 + number / 10},{12 + number % 3},{180 + number % 5},{mass},MALE"


def reasons(model: IngestedModel, *lines: str) -> list[str]:
    """Ingests these rows, and returns what is told of them."""
    model.write("\n".join([HEADER, *lines]) + "\n")
    code, events = model.run()
    assert code == 0
    return [event["reason"] for event in events if event["event"] == "few rows"]


def test_each_class_with_too_few_rows_is_told(make_model: MakeModel) -> None:
    model = make_model(spec=2)
    model.change(features=["island", "bill_length_mm", "body_mass_g"])
    lines = [line(n, "Gentoo" if n % 2 else "Adelie", mass="NA") for n in range(200)]

    found = reasons(model, *lines, *(line(n, "Chinstrap", mass="NA") for n in range(200, 212)))

    [reason] = found
    for fact in some(
        [
            "too few rows of 'Chinstrap' (10 to train on, 2 held out)",
            "rare: {merge: [LABEL, ...], into: LABEL}",
        ]
    ):
        assert fact in reason
    assert "Gentoo" not in reason


def test_merged_classes_are_counted_as_one(make_model: MakeModel) -> None:
    model = make_model(spec=2)
    model.change(features=["bill_length_mm"], rare={"merge": ["Chinstrap"], "into": "Gentoo"})

    found = reasons(
        model,
        *(line(n, "Gentoo" if n % 2 else "Adelie") for n in range(200)),
        *(line(n, "Chinstrap") for n in range(200, 203)),
    )

    assert found == []


def test_few_groups_are_told(make_model: MakeModel) -> None:
    model = make_model(spec=2)
    holdout = {**model.spec.holdout.model_dump(mode="json"), "by": "group", "column": "island"}
    model.change(features=["bill_length_mm"], holdout=holdout, target="sex")
    islands = ("Dream", "Biscoe", "Torgersen")

    found = reasons(model, *(line(n, island=islands[n % 3]) for n in range(200)))

    [reason] = found
    assert "'island' has only 3 groups, and 30 are needed" in reason
    assert "holdout.by: hash" in reason


def test_a_table_with_rows_enough_is_not_talked_about(make_model: MakeModel) -> None:
    model = make_model(spec=2)
    model.change(features=["bill_length_mm", "flipper_length_mm"])
    species = ("Adelie", "Chinstrap", "Gentoo")

    assert reasons(model, *(line(n, species[n % 3]) for n in range(200))) == []
