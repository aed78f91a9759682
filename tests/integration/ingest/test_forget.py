"""A forgotten row is in no batch and in no file of the databases, and no source brings it back."""

import struct
from contextlib import closing
from pathlib import Path

import pytest
from tests.integration.ingest.support.ingested_model import (
    HEADER,
    IngestedModel,
    MakeModel,
    connected,
    finished,
)
from tests.some import some

from rookery_core.database.names import RAW
from rookery_core.errors import Refused
from rookery_ingest.forget import REMAINS, forget, hash_of_key
from rookery_local.servers.postgres import Postgres

KEY = ("flipper_length_mm",)
SECRET = "Torgersen,51.234567,17.654321,183,4321"


def line(number: int, mass: int = 3750) -> str:
    """Writes a row; its flipper is its key."""
    return f"Adelie,Dream,{30 + number / 10},18,{184 + number},{mass},MALE"


def source(*lines: str) -> str:
    """Writes a CSV file of these rows."""
    return "\n".join([HEADER, *lines]) + "\n"


PERSON = f"Gentoo,{SECRET},FEMALE"
OTHERS = [line(n) for n in range(40)]


@pytest.fixture
def model(make_model: MakeModel) -> IngestedModel:
    """A model with a key, whose second batch still has the row, and whose third corrects it."""
    model = make_model(spec=2, key=KEY)
    model.ingest(source(PERSON, *OTHERS))
    model.ingest(source(*OTHERS[1:], PERSON))
    model.ingest(source(*OTHERS[1:], PERSON.replace("FEMALE", "MALE")))
    return model


def test_a_forgotten_row_is_in_no_batch(model: IngestedModel) -> None:
    before = [model.as_of(number) for number in (1, 2, 3)]

    erased = forget(model.spec, model.role, model.settings, ["183"])

    assert (erased.batch.batch, erased.batch.forgotten, erased.batch.total_rows) == (4, 1, 39)
    assert (erased.first, erased.last) == (1, None)
    for number, rows in some(zip((1, 2, 3), before, strict=True)):
        left = model.as_of(number)
        assert left == [each for each in rows if each[4] != 183]
        assert len(left) == len(rows) - 1
    assert not [text for _, _, text in model.raw() if SECRET in text]
    assert {b: sum(1 for each in model.raw() if each[0] == b) for b in (1, 2, 3)} == {
        1: 40, 2: 39, 3: 39,
    }  # fmt: skip
    assert model.batches()[-1].data_digest == model.digest()


def test_a_source_that_still_has_it_does_not_bring_it_back(model: IngestedModel) -> None:
    forget(model.spec, model.role, model.settings, ["183"])

    batches = [
        model.ingest(source(*OTHERS, PERSON)),
        model.ingest(source(*OTHERS, PERSON.replace("4321", "4000"), line(50))),
    ]
    document = model.spec.model_dump(mode="json")
    document["columns"][5]["range"] = [1000, 9000]
    model.change(columns=document["columns"])
    rebuilt = model.ingest()

    assert [(each.rows_in, each.total_rows) for each in batches] == [(40, 40), (41, 41)]
    assert rebuilt.total_rows == 41
    assert not [values for values in model.rows() if values[4] == 183]
    assert not [text for _, _, text in model.raw() if "51.234567" in text]


def test_a_forgotten_row_is_in_no_quarantine(make_model: MakeModel) -> None:
    model = make_model(spec=2, key=KEY)
    model.ingest(source(PERSON.replace("Gentoo", "Emu"), "Emu,Dream,39,18,182,3750,MALE", *OTHERS))

    erased = forget(model.spec, model.role, model.settings, ["183"])

    assert erased.batch.forgotten == 0
    assert [text for _, _, text in model.quarantine()] == ["Emu,Dream,39,18,182,3750,MALE"]


def test_no_file_of_the_databases_holds_it(own_postgres: Postgres, tmp_path: Path) -> None:
    folder = tmp_path / "model"
    folder.mkdir()
    model = IngestedModel(own_postgres.settings("ingest"), folder, spec=2, key=KEY)
    model.ingest(source(PERSON, *OTHERS))
    model.ingest(source(*OTHERS, PERSON.replace("FEMALE", "MALE")))
    with pytest.raises(Refused, match=r"'51\.234567x' is not a number"):
        model.ingest(source(PERSON.replace("4321", "51.234567x"), OTHERS[0]))
    own_postgres.stop()
    assert found(tmp_path / "postgres")
    own_postgres.start()

    forget(model.spec, model.role, model.settings, ["183"])

    own_postgres.stop()
    assert found(tmp_path / "postgres") == []


def found(folder: Path) -> list[Path]:
    """Looks for the row's text and number in every file of a server but its write-ahead log."""
    files = [path for path in folder.rglob("*") if path.is_file() and "pg_wal" not in path.parts]
    forms = (b"51.234567", struct.pack("<d", 51.234567))
    return [path for path in some(files) if any(form in path.read_bytes() for form in forms)]


def test_a_killed_erasure_is_completed_by_the_next_ingest(model: IngestedModel) -> None:
    model.erase_raw("183")
    assert len(model.rows()) == 40

    model.write(source(*OTHERS, PERSON))
    batch = model.ingest()

    assert [(each.batch, each.forgotten) for each in model.batches()[-2:]] == [(4, 1), (5, 0)]
    assert batch.total_rows == 40
    assert not [values for values in model.rows() if values[4] == 183]


def test_the_reason_of_a_refused_batch_does_not_quote_a_forgotten_record(
    model: IngestedModel,
) -> None:
    for bad in (PERSON.replace(",4321,", ",heavy,"), OTHERS[3].replace("3750", "light")):
        with pytest.raises(Refused, match="line 2: body_mass_g"):
            model.ingest(source(bad, OTHERS[0]))

    forget(model.spec, model.role, model.settings, ["183"])

    forgotten, kept = refusals(model)
    assert "heavy" not in forgotten
    assert forgotten.endswith("by column: body_mass_g (1); the quoted record was forgotten")
    assert "line 2: body_mass_g: 'light' is not a number" in kept


def refusals(model: IngestedModel) -> list[str]:
    """Reads why batches of the model were refused, the oldest first."""
    with closing(connected(model.role, RAW)) as raw, raw.cursor() as cursor:
        cursor.execute(
            "SELECT refused FROM raw.batches WHERE model = %s AND refused IS NOT NULL "
            "ORDER BY batch",
            [model.spec.name],
        )
        return [text for (text,) in cursor.fetchall()]


def test_the_key_may_come_from_the_environment(model: IngestedModel) -> None:
    environment = {"ROOKERY_FORGET_KEY": '["183"]'}

    code, _ = finished(model.start("forget", environment=environment))

    assert code == 0
    assert not [values for values in model.rows() if values[4] == 183]


def test_what_remains_is_told(model: IngestedModel) -> None:
    code, events = model.run_forget("183")

    assert code == 0
    assert events[-1]["event"] == "forgotten"
    assert (events[-1]["rows"], events[-1]["first_batch"]) == (1, 1)
    source, *others = events[-1]["remains"]
    assert source == f"the source file:{model.file}, if it still has the row"
    assert others == list(REMAINS)


@pytest.mark.parametrize(
    ("changes", "key", "reason"),
    [
        ({"spec": 2}, ["183"], "no key"),
        ({"key": KEY}, ["183"], "no `spec: 2`"),
        ({"spec": 2, "key": KEY}, ["183", "1"], "one value for each"),
        ({"spec": 2, "key": KEY}, ["long"], "is not a number"),
    ],
)
def test_what_names_no_row_is_refused(
    make_model: MakeModel, changes: dict[str, object], key: list[str], reason: str
) -> None:
    model = make_model(**changes)

    with pytest.raises(Refused, match=reason) as refusal:
        hash_of_key(model.spec, key)

    assert refusal.value.exit_code == 42
