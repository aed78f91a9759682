"""What kind a column is, by all its rows: the cases that other readers of tables got wrong."""

from pathlib import Path

import pytest
from tests.unit.ingest.support.tables import decided, labels

from rookery_ingest.profile.profile import profile

N = 300


@pytest.mark.parametrize("delimiter", [",", ";"])
@pytest.mark.parametrize("quote", ["", '"'])
def test_leading_zeros_make_a_code_of_digits(tmp_path: Path, quote: str, delimiter: str) -> None:
    cells = [str(20100 + row % 7) for row in range(N)]
    cells[N - 1] = "00042"
    lines = [
        f"{quote}{cell}{quote}{delimiter}{tree}"
        for cell, tree in zip(cells, labels(N), strict=True)
    ]
    path = tmp_path / "codes.csv"
    path.write_text("\n".join([f"code{delimiter}tree", *lines]) + "\n")

    found = profile(path, "tree").decisions[0]

    assert (found.role, found.kind) == ("feature", "category")
    assert "00042" in found.reason


def test_a_code_that_nearly_always_differs_is_an_identifier(tmp_path: Path) -> None:
    found = decided(tmp_path, [f"{row * 37:06d}" for row in range(N)])

    assert found.role == "ignored"
    assert "identifier" in found.reason
    assert "'000037'" in found.reason


def test_numbered_codes_are_no_numbers(tmp_path: Path) -> None:
    found = decided(tmp_path, [f"{1 + row % 56:02d}" for row in range(N)])

    assert found.kind == "category"


@pytest.mark.parametrize("zeros", [["0", "0.5", "00"], ["0", "0.25"], ["00", "1.5"], ["0", "00"]])
def test_zeros_among_measurements_are_no_sign_of_a_code(tmp_path: Path, zeros: list[str]) -> None:
    cells = [f"{row % 90}.{row % 10}" for row in range(N)]
    cells[5 : 5 + len(zeros)] = zeros

    assert decided(tmp_path, cells).kind == "number"


@pytest.mark.parametrize("rows", [N, 5_000])
def test_distinct_decimals_are_measurements(tmp_path: Path, rows: int) -> None:
    found = decided(tmp_path, [f"{row * 0.7369 + 3:.4f}" for row in range(rows)])

    assert (found.role, found.kind) == ("feature", "number")


@pytest.mark.parametrize("rows", [N, 5_000])
@pytest.mark.parametrize("first", [0, 1, 7_000])
def test_distinct_whole_numbers_without_gaps_are_an_identifier(
    tmp_path: Path, rows: int, first: int
) -> None:
    found = decided(tmp_path, [first + (row * 7) % rows for row in range(rows)])

    assert found.role == "ignored"
    assert "identifier" in found.reason


def test_distinct_whole_numbers_with_gaps_are_numbers(tmp_path: Path) -> None:
    found = decided(tmp_path, [1000 + row * row for row in range(N)], "income")

    assert (found.role, found.kind) == ("feature", "number")


def test_the_kind_is_that_of_all_rows(tmp_path: Path) -> None:
    cells: list[object] = ["0"] * 2_500
    cells[-1] = "26.5"

    found = decided(tmp_path, cells)

    assert found.kind == "number"
    assert "integer" not in found.keys


def test_a_text_after_many_numbers_makes_texts(tmp_path: Path) -> None:
    cells: list[object] = [row % 40 for row in range(9_000)]
    cells[-1] = "A1"

    found = decided(tmp_path, cells)

    assert found.kind == "category"
    assert "'A1'" in found.reason


def test_a_third_label_makes_a_category_of_yes_and_no(tmp_path: Path) -> None:
    cells = ["Y" if row % 3 else "N" for row in range(N)]
    cells[98] = "P"

    found = decided(tmp_path, cells)

    assert (found.kind, found.keys["values"]) == ("category", ("N", "P", "Y"))


@pytest.mark.parametrize(
    "pair", [("Y", "N"), ("yes", "no"), ("TRUE", "FALSE"), ("1", "0"), ("t", "f")]
)
def test_two_opposites_are_a_boolean(tmp_path: Path, pair: tuple[str, str]) -> None:
    found = decided(tmp_path, [pair[row % 5 == 0] for row in range(N)])

    assert (found.kind, dict(found.keys)) == ("boolean", {})


@pytest.mark.parametrize("pair", [("m", "f"), ("1", "2"), ("yes", "f1"), ("t", "p")])
def test_two_labels_that_are_no_opposites_are_no_boolean(
    tmp_path: Path, pair: tuple[str, str]
) -> None:
    assert decided(tmp_path, [pair[row % 5 == 0] for row in range(N)]).kind != "boolean"


def test_a_boolean_with_words_of_its_own_lists_them(tmp_path: Path) -> None:
    found = decided(tmp_path, ["on" if row % 3 else "off" for row in range(N)])

    assert (found.kind, dict(found.keys)) == ("boolean", {"true": ("on",), "false": ("off",)})


def test_a_constant_is_left_out_and_named(tmp_path: Path) -> None:
    found = decided(tmp_path, ["", "4"] * 150)

    assert (found.role, "constant" in found.reason) == ("ignored", True)


def test_texts_that_nearly_all_differ_are_left_out(tmp_path: Path) -> None:
    found = decided(tmp_path, [f"Dear {row}, how are you?" for row in range(N)])

    assert found.role == "ignored"
    assert "300 distinct in 300 rows" in found.reason


def test_missing_texts_that_were_seen_are_written_down(tmp_path: Path) -> None:
    cells = [f"{row % 89}.5" for row in range(N)]
    cells[3:8] = ["?", "#N/A", "n/a", "", "unknown"]

    found = decided(tmp_path, cells)

    assert found.kind == "number"
    assert found.keys["null_tokens"] == ("#n/a", "?", "n/a", "unknown")


def test_none_is_a_label_among_labels_and_missing_among_numbers(tmp_path: Path) -> None:
    labels = decided(tmp_path, ["none", "small", "big"] * 100)
    numbers = decided(tmp_path, ["none", *(f"{row}.5" for row in range(N - 1))])

    assert labels.keys["values"] == ("big", "none", "small")
    assert numbers.keys["null_tokens"] == ("none",)


def test_many_labels_are_learned_from_the_training_rows(tmp_path: Path) -> None:
    found = decided(tmp_path, [f"town {row % 80}" for row in range(N)])

    assert (found.kind, found.keys["values"]) == ("category", "any")


@pytest.mark.parametrize(
    ("labels", "encoding", "notes"), [(100, None, 0), (102, "target", 1), (1_001, "target", 2)]
)
def test_labels_too_many_for_a_column_each_enter_as_means(
    labels: int, encoding: str | None, notes: int, tmp_path: Path
) -> None:
    found = decided(tmp_path, [f"town {row % labels}" for row in range(3_000)])

    assert (found.role, found.kind, found.keys["values"]) == ("feature", "category", "any")
    assert found.keys.get("encoding") == encoding
    assert len(found.notes) == notes


def test_spellings_that_differ_by_case_are_one_label(tmp_path: Path) -> None:
    found = decided(tmp_path, ["Oak", "oak", "Oak", "Elm "] * 75)

    assert found.keys["values"] == ("Elm", "Oak")


def test_the_name_of_a_column_decides_nothing_alone(tmp_path: Path) -> None:
    rate = decided(tmp_path, [f"{row % 89}.5" for row in range(N)], "europe_rate")
    decimals = decided(tmp_path, [f"{row * 0.739:.3f}" for row in range(N)], "sensor_id")

    assert (rate.kind, rate.keys.get("unit")) == ("number", None)
    assert (decimals.role, decimals.kind) == ("feature", "number")


def test_repeated_identifiers_are_proposed_as_groups(tmp_path: Path) -> None:
    numbers = decided(tmp_path, [row // 4 for row in range(N)], "Identifier")
    texts = decided(tmp_path, [f"P{row // 4}x" for row in range(N)], "patient")

    assert (numbers.role, numbers.kind) == ("group", "number")
    assert (texts.role, texts.kind) == ("group", "category")


def test_a_column_without_a_name_that_counts_rows_is_left_out(tmp_path: Path) -> None:
    found = decided(tmp_path, list(range(N)), "")

    assert found.role == "ignored"


def test_numbers_that_float32_can_not_tell_apart_get_an_offset(tmp_path: Path) -> None:
    found = decided(tmp_path, [1_700_000_000 + (row * 7) % 250 for row in range(N)], "seen")

    assert found.keys["offset"] == 1_700_000_000.0
    assert any("since 1970" in note for note in found.notes)


def test_numbers_that_no_offset_saves_are_left_out(tmp_path: Path) -> None:
    cells = [str(10**15 * (row % 3) + row * row) for row in range(N)]

    found = decided(tmp_path, cells)

    assert (found.role, "float32" in found.reason) == ("ignored", True)


def test_what_calculations_leave_keeps_no_numbers_out(tmp_path: Path) -> None:
    # As 30.1 - 29.9 is 0.2000000000000028, and 0.3 - 0.1 is 0.19999999999999998.
    near = [repr(0.1 * (row % 40) + rest) for row in range(N) for rest in (0.0, 3e-15, -3e-15)]
    far = [repr(1e9 + 0.1 * (row % 40)) for row in range(N)]

    assert (decided(tmp_path, near).role, decided(tmp_path, near).keys.get("offset")) == (
        "feature",
        None,
    )
    assert decided(tmp_path, far).keys["offset"] == 1e9


@pytest.mark.parametrize(
    "name",
    [
        *("pidnum", "PID", "userid", "UserID", "customerid", "patid", "CASEID", "orderid"),
        *("uid", "customer_number", "account no", "id_num", "Patient Nr"),
    ],
)
def test_numbers_that_all_differ_under_the_name_of_an_identifier_are_one(
    tmp_path: Path, name: str
) -> None:
    found = decided(tmp_path, [10_056 + row * row for row in range(N)], name)
    repeated = decided(tmp_path, [10_056 + (row // 4) ** 2 for row in range(N)], name)

    assert (found.role, "an identifier" in found.reason) == ("ignored", True)
    assert repeated.role == "group"


@pytest.mark.parametrize(
    "name",
    [
        *("humid", "acid", "paid", "grid", "bid", "liquid", "valid", "number"),
        *("rooms_number", "snum_of_parts", "piano", "amount", "number of children"),
    ],
)
def test_other_names_of_numbers_that_all_differ_say_nothing(tmp_path: Path, name: str) -> None:
    found = decided(tmp_path, [10_056 + row * row for row in range(N)], name)

    assert found.role == "feature"
