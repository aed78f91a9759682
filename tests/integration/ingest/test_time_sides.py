"""With `by: time` the hold-out is what lies after a cut, which only moves forward."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from tests.integration.ingest.support.ingested_model import HEADER, IngestedModel, MakeModel
from tests.some import some

DAY = datetime(2026, 1, 1)  # noqa: DTZ001


@pytest.fixture(params=[None, "Europe/Berlin"])
def model(request: pytest.FixtureRequest, make_model: MakeModel) -> IngestedModel:
    """A model whose rows are held out by the time of `seen`, naive or of a zone."""
    return dated(make_model, zone=request.param)


def dated(make_model: MakeModel, zone: str | None = None, **holdout: Any) -> IngestedModel:
    """Makes such a model."""
    model = make_model(spec=2)
    seen: dict[str, Any] = {"name": "seen", "kind": "datetime", "aliases": ["island"]}
    if zone:
        seen |= {"zone": zone, "format": "%Y-%m-%d %H:%M"}
    columns = [
        seen if column["name"] == "island" else column
        for column in model.spec.model_dump(mode="json")["columns"]
    ]
    divided = {**model.spec.holdout.model_dump(mode="json"), "by": "time", "column": "seen"}
    model.change(columns=columns, holdout=divided | holdout, features=["bill_length_mm"])
    return model


def source(days: range) -> str:
    """Writes a CSV file with a row for each of these days."""
    lines = [
        f"Adelie,{DAY + timedelta(days=day):%Y-%m-%d %H:%M},{30 + day % 200 / 10},18,181,3750,MALE"
        for day in days
    ]
    return "\n".join([HEADER, *lines]) + "\n"


def sides(model: IngestedModel, watermark: int) -> dict[int, object]:
    """Reads by day on which side its row is, as of a batch."""
    found = model.as_of(watermark, "seen")
    return {(seen.replace(tzinfo=None) - DAY + timedelta(hours=2)).days: side
            for seen, side in found}  # fmt: skip


def test_the_latest_rows_are_held_out(model: IngestedModel) -> None:
    model.ingest(source(range(100)))

    assert sides(model, 1) == {day: day >= 80 for day in range(100)}


def test_the_cut_moves_forward_and_never_back(model: IngestedModel) -> None:
    batches = [model.ingest(source(days)) for days in (range(100), range(50), range(200))]

    assert [batch.batch for batch in batches] == [1, 2, 3]
    for watermark, (days, cut) in some(enumerate([(100, 80), (50, 80), (200, 160)], 1)):
        assert sides(model, watermark) == {day: day >= cut for day in range(days)}


def test_the_embargo_lies_on_neither_side(make_model: MakeModel) -> None:
    model = dated(make_model, embargo="7d")

    model.ingest(source(range(100)))

    assert sides(model, 1) == {
        day: True if day >= 80 else False if day <= 72 else None for day in range(100)
    }
