"""The marks of numbers: mended afterwards, or changed with the source."""

from typing import Any

import pytest
from tests.integration.ingest.support.ingested_model import IngestedModel, MakeModel
from tests.unit.ingest.support.second_version import second_version

from rookery_core.errors import Refused

GERMAN = {"delimiter": ";", "decimal": ","}


def _model(make_model: MakeModel, **changes: Any) -> IngestedModel:
    model = make_model()
    model.spec = second_version("size", "count", **changes).model_copy(
        update={"name": model.spec.name}
    )
    model.take_from(f"file:{model.file}")
    return model


def _take(model: IngestedModel, **csv: str) -> None:
    model.spec = second_version("size", "count", source={"url": f"file:{model.file}"}, csv=csv)\
        .model_copy(update={"name": model.spec.name})  # fmt: skip


def _sizes(model: IngestedModel) -> list[float]:
    return sorted(row[0] for row in model.rows())


def test_wrong_marks_are_mended_though_the_bytes_are_known(make_model: MakeModel) -> None:
    model = _model(make_model, csv=GERMAN)
    first = model.ingest("size;count;label\n1.234;1;no\n2.500;2;Yes\n".replace(".", ","))
    assert _sizes(model) == [1.234, 2.5]

    _take(model, delimiter=";", thousands=",")
    second = model.ingest()

    assert second.batch == first.batch
    assert _sizes(model) == [1234, 2500]


@pytest.mark.parametrize("mode", ["snapshot", "append"])
def test_a_source_may_be_written_otherwise_from_today_on(make_model: MakeModel, mode: str) -> None:
    model = _model(make_model, csv=GERMAN)
    model.take_from(f"file:{model.file}", mode=mode)
    model.ingest("size;count;label\n1,5;1;no\n2,5;2;Yes\n")

    _take(model)
    model.take_from(f"file:{model.file}", mode=mode)
    batch = model.ingest("size,count,label\n2.5,2,Yes\n3.5,3,no\n")

    assert (batch.loaded, batch.duplicate, batch.quarantined) == (1, 1, 0)
    assert _sizes(model) == ([2.5, 3.5] if mode == "snapshot" else [1.5, 2.5, 3.5])


def test_marks_that_fit_nothing_are_refused_with_the_key(make_model: MakeModel) -> None:
    model = _model(make_model, csv={"delimiter": ";"})

    with pytest.raises(Refused, match=r"'1,5' is not a number.*csv: {decimal: ','}"):
        model.ingest("size;count;label\n1,5;1;no\n2,5;2;Yes\n")
