"""`rookery quarantine`: what of a source is no row of its table, and why."""

from pathlib import Path

import pytest
import yaml
from tests.integration.ingest.support.ingested_model import IngestedModel, table
from tests.integration.local.support.command import Rookery

from rookery_core.errors import Refused, Unavailable
from rookery_local.models.quarantine import read_quarantine
from rookery_local.process.ports import free_ports
from rookery_local.servers.postgres import Postgres

BAD = "Adelie,Dream,39,18,181,heavy,MALE"


@pytest.fixture
def model(postgres: Postgres, tmp_path: Path) -> IngestedModel:
    return IngestedModel(postgres.settings("ingest"), tmp_path)


def test_a_role_that_only_reads_finds_the_newest_batch_or_the_one_that_is_named(
    model: IngestedModel, postgres: Postgres
) -> None:
    reader, name = postgres.settings("notebook"), model.spec.name
    first = model.ingest(table(BAD, good=40)).batch
    second = model.ingest(table(good=60)).batch

    newest = read_quarantine(reader, name)
    named = read_quarantine(reader, name, first)

    assert (newest.number, newest.records, newest.others) == (second, (), (first,))
    assert (named.number, named.rows_in, named.others) == (first, 41, ())
    (record,) = named.records
    assert (record.line, record.text) == (42, BAD)
    assert record.reason == "body_mass_g: 'heavy' is not a number"


def test_a_batch_that_is_not_there_is_refused_with_those_that_are(
    model: IngestedModel, postgres: Postgres
) -> None:
    reader, name = postgres.settings("notebook"), model.spec.name
    with pytest.raises(Refused, match=f"no batch of {name} is complete.*rookery ingest {name}"):
        read_quarantine(reader, name)

    batch = model.ingest(table(good=5)).batch

    with pytest.raises(Refused, match=rf"has no batch {batch + 1}; there are \[{batch}\]"):
        read_quarantine(reader, name, batch + 1)


def test_a_server_that_does_not_answer_may_do_so_later(postgres: Postgres) -> None:
    gone = postgres.settings("notebook").model_copy(update={"port": free_ports(1)[0]})

    with pytest.raises(Unavailable, match="PostgreSQL does not answer"):
        read_quarantine(gone, "species")


def test_the_command_counts_by_reason_and_shows_samples(rookery: Rookery) -> None:
    assert rookery.specs is not None
    wine = yaml.safe_load((rookery.specs / "wine.yaml").read_text())
    source = {"url": "file:dirty.csv", "max_bad_fraction": 0.5}
    (rookery.specs / "dirty.yaml").write_text(
        yaml.safe_dump({**wine, "name": "dirty", "source": source})
    )
    header, *rows = (rookery.specs / "wine.csv").read_text().splitlines()
    bad = ["x" + rows[number] for number in range(4)]
    (rookery.specs / "dirty.csv").write_text("\n".join([header, *rows, *bad]) + "\n")
    rookery.run("ingest", "dirty")

    shown = rookery.run("quarantine", "dirty", "--samples", "2")

    assert f"batch 1 of dirty: 4 of {len(rows) + 4} rows in quarantine" in shown
    assert "4 x alcohol: is not a number" in shown
    assert shown.count("  line ") == 2
    assert "no spec is named 'unknown'" in rookery.run("quarantine", "unknown", expect=42)
