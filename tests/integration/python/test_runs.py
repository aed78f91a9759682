"""`import rookery`: a frame becomes a served model, in a program and in a notebook."""

import contextlib
import io
import os
from collections.abc import Iterator
from pathlib import Path

import nbclient
import nbformat
import numpy as np
import pandas as pd
import pytest
from tests.integration.local.support.command import Rookery
from tests.some import some

import rookery
from rookery_core.spec.spec_yaml import parse_spec
from rookery_local.folder.home import Home

SECONDS = 400


def customers(count: int, seed: int = 1) -> pd.DataFrame:
    """Customers with columns of every kind; an index that is in no order."""
    draw = np.random.default_rng(seed)
    minutes = draw.random(count) * 300
    frame = pd.DataFrame(
        {
            "Day Minutes": minutes,
            "calls": pd.array(draw.integers(0, 9, count), dtype="Int64"),
            "plan": pd.Categorical(draw.choice(["basic", "plus"], count)),
            "abroad": draw.random(count) < 0.3,
            "since": pd.Timestamp("2024-01-01")
            + pd.to_timedelta(draw.integers(0, 700, count), "D"),
        },
        index=draw.permutation(count) * 7,
    )
    frame.loc[frame.index[:5], "calls"] = pd.NA
    frame["Churn"] = np.where((minutes > 150) ^ (draw.random(count) < 0.03), "yes", "no")
    return frame


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A state folder; what a test starts there ends with the module."""
    folder = tmp_path_factory.mktemp("python") / "state"
    yield folder
    Rookery(Home(folder)).run("down")


@pytest.fixture(scope="module")
def printed() -> io.StringIO:
    return io.StringIO()


@pytest.fixture(scope="module")
def model(home: Path, printed: io.StringIO) -> rookery.ServedModel:
    before = dict(os.environ)
    with contextlib.redirect_stdout(printed):
        made = rookery.run(customers(500), target="churn", trials=2, home=home)
    assert dict(os.environ) == before
    return made


def test_a_frame_becomes_a_served_model_and_the_way_is_shown(
    model: rookery.ServedModel, printed: io.StringIO, home: Path
) -> None:
    said = printed.getvalue()

    assert (model.name, model.version) == ("churn", "1")
    assert model.url.endswith("/predict/churn")
    assert set(model.classes) == {"yes", "no"}
    assert "train churn 2/2 done" in said
    assert "\x1b" not in said
    spec = parse_spec((home / "specs" / "churn.yaml").read_text(), "it")
    kinds = {column.name: column.kind for column in spec.columns}
    assert kinds["day_minutes"] == "number"
    assert kinds["abroad"] == "boolean"
    assert kinds["since"] == "datetime"


def test_answers_have_the_index_of_the_frame_whatever_is_in_it(model: rookery.ServedModel) -> None:
    frame = customers(2_500, seed=2)

    found = model.predict(frame)
    likely = model.predict_proba(frame[frame.columns[::-1]])

    assert found.index.equals(frame.index)
    assert likely.index.equals(frame.index)
    assert found.name == "churn"
    assert (found == frame["Churn"]).mean() > 0.9
    assert list(likely.idxmax(axis=1)) == list(found)
    assert np.allclose(likely.sum(axis=1), 1, atol=1e-5)


def test_each_row_is_answered_as_if_it_were_alone(model: rookery.ServedModel) -> None:
    frame = customers(40, seed=3)

    together = model.predict_proba(frame)

    for place in some(range(0, 40, 13)):
        alone = model.predict_proba(frame.iloc[[place]])
        assert np.allclose(alone, together.iloc[[place]], atol=1e-6)


def test_a_frame_without_rows_gets_no_answers(model: rookery.ServedModel) -> None:
    found = model.predict(customers(3).iloc[:0])

    assert len(found) == 0


def test_a_row_that_the_model_does_not_take_is_refused_with_its_place(
    model: rookery.ServedModel,
) -> None:
    frame = customers(1_200)
    frame["plan"] = frame["plan"].astype(object)
    frame.iloc[1_100, 2] = "gold"

    with pytest.raises(rookery.Refused, match=r"/instances/100/plan.*from row 1000 of the frame"):
        model.predict(frame)


def test_the_same_frame_again_is_the_same_model(model: rookery.ServedModel, home: Path) -> None:
    said = io.StringIO()

    with contextlib.redirect_stdout(said):
        again = rookery.run(customers(500), target="churn", home=home)

    assert again.version == model.version
    assert "is the champion on these data already" in said.getvalue()


def test_a_model_of_an_earlier_program_is_found(model: rookery.ServedModel, home: Path) -> None:
    assert rookery.load("churn", home=home).version == model.version
    with pytest.raises(rookery.Refused, match="no spec is named 'other'"):
        rookery.load("other", home=home)


def test_what_can_not_work_is_an_error_that_says_why(
    model: rookery.ServedModel, home: Path, tmp_path: Path
) -> None:
    frame = customers(50)

    for table, target, name in (
        (frame, "chrun", "other"),
        (frame.assign(same=7), "same", "other"),
        (frame.iloc[:0], "churn", "other"),
        (tmp_path / "gone.csv", "churn", "other"),
        (frame, "churn", "No Name"),
    ):
        with pytest.raises(rookery.Refused):
            rookery.run(table, target=target, name=name, home=home)
    assert {path.stem for path in (home / "specs").iterdir()} == {"churn"}


def test_noise_is_not_promoted_and_says_so(model: rookery.ServedModel, home: Path) -> None:
    frame = customers(300, seed=8)
    frame["Churn"] = np.random.default_rng(5).choice(["yes", "no"], 300)

    with (
        contextlib.redirect_stdout(io.StringIO()),
        pytest.raises(rookery.NotPromoted, match="nothing was promoted: "),
    ):
        rookery.run(frame, target="churn", name="noise", trials=1, home=home)


def test_a_notebook_runs_it(model: rookery.ServedModel, home: Path, tmp_path: Path) -> None:
    customers(500).to_parquet(tmp_path / "it.parquet")
    cells = [
        f"import pandas as pd, rookery\nframe = pd.read_parquet({str(tmp_path / 'it.parquet')!r})",
        f"model = rookery.run(frame, target='Churn', name='churn', home={str(home)!r})",
        "print(model.predict(frame).value_counts().sum())",
    ]
    book = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])

    nbclient.NotebookClient(book, timeout=SECONDS, kernel_name="python3").execute()

    outputs = [output.get("text", "") for cell in book.cells for output in cell.outputs]
    assert "is the champion on these data already" in "".join(outputs)
    assert outputs[-1] == "500\n"


def test_stop_ends_the_stack_and_the_next_run_finds_everything(
    model: rookery.ServedModel, home: Path
) -> None:
    model.stop()

    with pytest.raises(rookery.Unavailable):
        model.predict(customers(3))
    with contextlib.redirect_stdout(io.StringIO()):
        again = rookery.run(customers(500), target="churn", home=home)
    assert again.version == model.version
