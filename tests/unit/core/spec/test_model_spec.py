"""A model spec: what is accepted, what is refused, and what derives from it."""

from collections.abc import Callable
from typing import Any

import pytest
import yaml

from rookery_core.errors import Refused
from rookery_core.spec.spec_yaml import parse_spec

Document = dict[str, Any]


def parsed(document: Document) -> Any:
    return parse_spec(yaml.safe_dump(document), "iris.yaml")


def test_the_least_spec_has_the_documented_defaults(document: Document) -> None:
    spec = parsed(document)

    assert (spec.trials, spec.folds, spec.log_models) == (20, 5, "best")
    assert (spec.holdout.fraction, spec.gate.policy, spec.gate.min_effect) == (
        0.2,
        "superior",
        0.02,
    )
    assert spec.classes == ("setosa", "virginica")


def _set(*path: str | int, to: Any) -> Callable[[Document], None]:
    def change(document: Document) -> None:
        place: Any = document
        for step in path[:-1]:
            place = place[step]
        place[path[-1]] = to

    return change


def _drop(key: str) -> Callable[[Document], None]:
    def change(document: Document) -> None:
        del document[key]

    return change


def _feature_called(name: str) -> Callable[[Document], None]:
    def change(document: Document) -> None:
        document["columns"][0]["name"] = name
        document["features"][0] = name

    return change


WRONG: dict[str, tuple[Callable[[Document], None], str]] = {
    "an unknown key": (_set("tirals", to=20), "tirals: Extra inputs are not permitted"),
    "an unknown key deep inside": (_set("gate", to={"floor": 0.1, "x": 1}), "gate.x"),
    "a missing target": (_drop("target"), "target: Field required"),
    "a target that is no column": (_set("target", to="kind"), "target: 'kind' is not a column"),
    "a target that is a number": (_set("target", to="petal"), "target: 'petal' must be a category"),
    "a target of one class": (
        _set("columns", 2, "values", to=["setosa"]),
        "target: 'variety' must be a category with at least two",
    ),
    "a feature called as the model's output": (
        _feature_called("probabilities"),
        "features: 'probabilities' is what a model answers",
    ),
    "a label called as what stands for none": (
        _set("columns", 1, "values", to=["red", "__missing__"]),
        "'__missing__' stands for no value",
    ),
    "a feature that is no column": (
        _set("features", to=["petal", "weight"]),
        "features[1]: 'weight' is not a column",
    ),
    "the target among the features": (
        _set("features", to=["petal", "variety"]),
        "features: the target 'variety'",
    ),
    "a feature twice": (_set("features", to=["petal", "petal"]), "features: ['petal'] stand"),
    "a column twice": (_set("columns", 1, "name", to="petal"), "columns: ['petal'] stand"),
    "an alias of two columns": (
        _set("columns", 1, "aliases", to=[" PETAL "]),
        "columns: names and aliases: ['petal'] stand",
    ),
    "a key that is no column": (_set("key", to=["id"]), "key[0]: 'id' is not a column"),
    "an unknown estimator": (_set("estimator", to="lightgbm"), "estimator: Input should be"),
    "a later estimator": (_set("estimator", to="xgboost"), "estimator: needs `spec: 2` (xgboost)"),
    "a parameter the estimator lacks": (
        _set("search_space", to={"C": {"distribution": "uniform", "loc": 0, "scale": 1}}),
        "search_space.C: not a parameter that random_forest searches",
    ),
    "an unknown distribution": (
        _set("search_space", "max_depth", to={"distribution": "normal", "loc": 0}),
        "search_space.max_depth",
    ),
    "an empty randint": (
        _set("search_space", "max_depth", "high", to=2),
        "search_space.max_depth.randint: randint(2, 2) holds no integer",
    ),
    "no search at all": (_set("search_space", to={}), "search_space: Dictionary should have"),
    "no trials": (_set("trials", to=0), "trials: Input should be greater"),
    "trials as text": (_set("trials", to="20"), "trials: Input should be a valid integer"),
    "one fold": (_set("folds", to=1), "folds: Input should be greater"),
    "a range upside down": (_set("columns", 0, "range", to=[9, 1]), "columns.0.number: range"),
    "a range without end": (
        _set("columns", 0, "range", to=[0, float("inf")]),
        "iris.yaml holds what a spec cannot",
    ),
    "an example out of range": (_set("columns", 0, "example", to=99), "columns.0.number: example"),
    "labels that differ by case alone": (
        _set("columns", 1, "values", to=["red", "Red"]),
        "columns.1.category: values repeat",
    ),
    "a name no object could carry": (_set("name", to="Iris_1"), "name: String should match"),
    "a source of another scheme": (_set("source", "url", to="ftp://x/y"), "source.url"),
    "a title that nobody sees": (_set("columns", 0, "title", to=" "), "columns.0.number.title"),
    "a digest that is none": (_set("source", "sha256", to="abc"), "source.sha256"),
}


@pytest.mark.parametrize(("change", "message"), WRONG.values(), ids=WRONG.keys())
def test_a_wrong_spec_is_refused_with_the_path_of_the_key(
    document: Document, change: Callable[[Document], None], message: str
) -> None:
    change(document)

    with pytest.raises(Refused) as refusal:
        parsed(document)

    assert message in str(refusal.value)
    assert str(refusal.value).startswith("iris.yaml")
    assert refusal.value.exit_code == 42


@pytest.mark.parametrize("k", [2, 0, -1, True, 3.0])
def test_neighbours_are_odd_so_that_votes_never_tie(document: Document, k: Any) -> None:
    document["estimator"] = "k_nearest_neighbors"
    document["search_space"] = {"n_neighbors": {"distribution": "choice", "values": [1, k]}}

    with pytest.raises(Refused, match="n_neighbors"):
        parsed(document)


def test_the_digest_knows_content_and_not_layout(document: Document) -> None:
    spec = parsed(document)
    reordered = parsed(dict(reversed(document.items())))
    document["seed"] = 1
    reseeded = parsed(document)

    assert spec.digest == reordered.digest
    assert spec.digest != reseeded.digest
    assert spec.table_digest == reseeded.table_digest


def test_digests_of_a_spec_without_titles_are_those_of_the_first_release(
    document: Document,
) -> None:
    spec = parsed(document)

    assert spec.digest == "b8907fbca17acc9a4f614abc3cf0297a1020ad8b8569ff2895c378e4e6aae233"
    assert spec.table_digest == "af44eb75a5e6d8224b714d54db99b9b8405b76502c02545405dde1126d329196"


def test_a_title_of_a_column_is_no_matter_of_its_table(document: Document) -> None:
    spec = parsed(document)
    document["columns"][0]["title"] = "Petal (length)"
    titled = parsed(document)

    assert titled.column("petal").title == "Petal (length)"
    assert titled.digest != spec.digest
    assert titled.table_digest == spec.table_digest


@pytest.mark.parametrize("text", ["a: [1", "- 1\n- 2", "", "x: 2026-01-01", "&a [*a]"])
def test_what_is_no_mapping_is_refused_in_words(text: str) -> None:
    with pytest.raises(Refused, match=r"^iris\.yaml "):
        parse_spec(text, "iris.yaml")


@pytest.mark.parametrize(
    ("labels", "said"),
    [
        ("no, yes", "no as false"),
        ("SE, NO", "NO as false"),
        ("on, off", "on as true"),
        ("0, 1", "0 as a number"),
        ("1.5, 1e3", "1.5 as a number"),
        ("~, x", "~ as no value"),
        ("null, x", "null as no value"),
    ],
)
def test_a_label_that_yaml_reads_as_something_else_is_told_to_be_quoted(
    document: Document, labels: str, said: str
) -> None:
    text = yaml.safe_dump(document).replace("- setosa\n  - virginica", f"- [{labels}]")
    text = text.replace("values:\n  - [", "values: [")

    with pytest.raises(Refused) as refusal:
        parse_spec(text, "iris.yaml")

    assert "columns.2.category.values." in str(refusal.value)
    written = said.partition(" ")[0]
    assert f'(YAML reads {said}); quote it: "{written}"' in str(refusal.value)
    assert "at least 1 item" not in str(refusal.value)


def test_a_number_with_an_exponent_is_a_number_wherever_one_is_meant(document: Document) -> None:
    document["estimator"] = "logistic_regression"
    document["search_space"] = {"C": {"distribution": "loguniform", "a": 0.001, "b": 10}}
    document["holdout"], document["gate"] = {"fraction": 0.1}, {"margin": 0.01}
    document["columns"][0]["example"] = 0.02
    text = yaml.safe_dump(document)
    for number, written in (("0.001", "1e-3"), ("0.1", "1e-1"), ("0.01", "1e-2"), ("0.02", "2e-2")):
        text = text.replace(f": {number}\n", f": {written}\n")

    assert text.count("e-") == 4
    assert parse_spec(text, "iris.yaml") == parsed(document)
