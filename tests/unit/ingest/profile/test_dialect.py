"""The dialect of a CSV is found from its beginning."""

import pytest

from rookery_ingest.profile.dialect import Dialect, dialect_of


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_between_all_cells_is_found(delimiter: str) -> None:
    rows = [["a", "b", "c"], ["1", "2", "x y"], ["3", "4", "z: 5"]]

    head = "\r\n".join(delimiter.join(row) for row in rows)

    assert dialect_of(head) == Dialect(delimiter, '"')


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        ("a;b;c\n1,5;2,5;x\n3,5;4,5;y\n", Dialect(";")),
        ('a,b\n"1;2;3",x\n"4;5;6",y\n', Dialect(",")),
        ("a,b\n'x, y',1\n'z, w',2\n'u',3\n", Dialect(",", "'")),
        ("a;b\n'x; y';1\n'z; w';2\n'u';3\n", Dialect(";", "'")),
        ("a,b\nit's,1\ndon't,2\n", Dialect(",")),
        ("sep=;\na,b;c\n1,2;3\n", Dialect(";")),
        ('name,note\nx,"one\ntwo, three"\ny,z\n', Dialect(",")),
        ("a,b,c\n1,2,3\n4,5,6\n7,8", Dialect(",")),
        ("alone\n1\n2\n", Dialect(",")),
        ("when,what\n10:30:15,x\n11:45:20,y\n", Dialect(",")),
    ],
    ids=[
        "decimal commas", "semicolons in quotes", "apostrophes", "apostrophes and semicolons",
        "apostrophes in words", "Excel's line", "a line's end in quotes", "a cut line", "alone",
        "times",
    ],
)  # fmt: skip
def test_usual_files_are_told_apart(head: str, expected: Dialect) -> None:
    assert dialect_of(head) == expected
