"""The child that reads a bundle: what it answers, and what it may take."""

import asyncio
import os
import signal
from dataclasses import replace
from pathlib import Path

import psutil
import pytest
from onnx import AttributeProto
from tests.unit.runtime.support.bundles import bundle
from tests.unit.runtime.support.graphs import (
    ANSWER,
    TABLE,
    external,
    model,
    node,
    raw_field,
    raw_graph,
    sparse,
    weight,
    with_raw_graph,
    written,
)
from tests.unit.runtime.support.opened import Watched

from rookery_core.contract import DatetimeFeature
from rookery_core.errors import Refused
from rookery_runtime.graph.rebuild import rebuild
from rookery_runtime.loaded_model import load_model
from rookery_runtime.reading import child
from rookery_runtime.reading.child import Reading, read_bundle

MIB = 1024 * 1024


def read(content: bytes, seconds: int = 60) -> Reading:
    return asyncio.run(read_bundle(bundle(content), seconds=seconds))


def test_a_sound_bundle_is_read_and_answers() -> None:
    made = bundle(written(ANSWER))

    reading = asyncio.run(read_bundle(made))

    assert reading.graph == rebuild(made.model, made.manifest.contract).content
    loaded = load_model(made.manifest, reading)
    rows = [row.inputs for row in made.manifest.golden]
    assert loaded.probabilities(loaded.columns(rows)).shape == (3, 2)


def test_a_zone_that_this_machine_does_not_know_is_refused_with_the_remedy() -> None:
    made = bundle(written(ANSWER))
    seen = DatetimeFeature(name="seen", zone="Europe/Nowhere", origin="2026-01-31", example="")
    contract = made.manifest.contract.model_copy(update={"features": (seen,)})
    manifest = made.manifest.model_copy(update={"contract": contract})

    with pytest.raises(Refused, match="'Europe/Nowhere' is not known here; install tzdata"):
        asyncio.run(read_bundle(replace(made, manifest=manifest)))


def test_a_graph_of_other_answers_is_refused() -> None:
    other = written(node("Mul", ["table", "w"], ["probabilities"]), weights=[weight("w", [0.5])])

    with pytest.raises(Refused, match="golden"):
        read(other)


def test_a_refusal_is_a_sentence_that_is_bounded() -> None:
    with pytest.raises(Refused, match="not reviewed") as caught:
        read(written(node("E" * 100_000, ["table"], ["probabilities"])))

    assert len(str(caught.value)) < 2000


def _external_attribute() -> bytes:
    constant = node("Constant", [], ["w"])
    attribute = constant.attribute.add(name="sparse_value", type=AttributeProto.SPARSE_TENSOR)
    attribute.sparse_tensor.CopyFrom(sparse(1, "secret.bin"))
    made = model([constant, TABLE, node("Mul", ["table", "w"], ["probabilities"])])
    return bytes(made.SerializeToString())


def _external_initializer(is_sparse: bool, hidden: bool) -> bytes:
    made = model([TABLE, node("Mul", ["table", "w"], ["probabilities"])])
    tensor = sparse(1, "secret.bin") if is_sparse else external("w", "secret.bin")
    field = raw_field(15 if is_sparse else 5, tensor.SerializeToString(), hidden=hidden)
    return with_raw_graph(made, raw_graph(made) + field)


READING = {
    "a sparse weight": _external_initializer(is_sparse=True, hidden=False),
    "a dense weight": _external_initializer(is_sparse=False, hidden=False),
    "a hidden sparse weight": _external_initializer(is_sparse=True, hidden=True),
    "a hidden dense weight": _external_initializer(is_sparse=False, hidden=True),
    "an attribute": _external_attribute(),
}


@pytest.mark.parametrize("case", READING)
def test_no_file_of_the_working_folder_is_read(
    case: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "secret.bin").write_bytes(b"\0\0\0\0")
    monkeypatch.chdir(tmp_path)

    with Watched(tmp_path) as watched:
        with pytest.raises(Refused):
            read(READING[case])

        assert watched.opened() == []


def test_the_watch_notices_a_file_that_is_read(tmp_path: Path) -> None:
    (tmp_path / "secret.bin").write_bytes(b"\0\0\0\0")

    with Watched(tmp_path) as watched:
        (tmp_path / "secret.bin").read_bytes()

        assert watched.opened() == ["secret.bin"]


BOMBS = {
    "millions of empty nodes": with_raw_graph(model(), b"\x0a\x00" * (4 * MIB)),
    "millions of empty attributes": with_raw_graph(
        model(), raw_graph(model()) + raw_field(1, b"\x2a\x00" * (4 * MIB))
    ),
    "millions of empty texts of an attribute": with_raw_graph(
        model(),
        raw_graph(model()) + raw_field(1, raw_field(5, b"\x4a\x00" * (16 * MIB) + b"\xa0\x01\x08")),
    ),
    "an input of millions of dimensions": with_raw_graph(
        model(),
        raw_graph(model())
        + raw_field(11, raw_field(2, raw_field(1, raw_field(2, b"\x0a\x00" * (8 * MIB))))),
    ),
    "sparse gigabytes": with_raw_graph(
        model(), raw_graph(model()) + raw_field(15, sparse(1 << 31).SerializeToString())
    ),
}


@pytest.mark.parametrize("case", BOMBS)
def test_a_file_that_asks_for_much_memory_gets_little(
    case: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(child, "memory_left", lambda: 600 * MIB)
    before = psutil.Process().memory_info().rss

    with pytest.raises(Refused):
        read(BOMBS[case])

    assert psutil.Process().memory_info().rss - before < 200 * MIB


def test_a_child_that_does_not_come_to_an_end_is_ended() -> None:
    async def stopped() -> None:
        reading = asyncio.create_task(read_bundle(bundle(written(ANSWER)), seconds=2))
        pid = await _child()
        os.kill(pid, signal.SIGSTOP)
        with pytest.raises(Refused, match="more than 2 s"):
            await reading
        assert not psutil.pid_exists(pid)

    asyncio.run(stopped())


def test_a_child_that_is_no_longer_wanted_is_ended() -> None:
    async def cancelled() -> None:
        reading = asyncio.create_task(read_bundle(bundle(written(ANSWER))))
        pid = await _child()
        reading.cancel()
        with pytest.raises(asyncio.CancelledError):
            await reading
        assert not psutil.pid_exists(pid)

    asyncio.run(cancelled())


def test_a_child_that_crashes_is_a_refusal() -> None:
    async def crashed() -> None:
        reading = asyncio.create_task(read_bundle(bundle(written(ANSWER))))
        os.kill(await _child(), signal.SIGSEGV)
        with pytest.raises(Refused, match="SIGSEGV"):
            await reading

    asyncio.run(crashed())


def test_a_child_has_nothing_of_its_parents_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ROOKERY_S3_SECRET", "s3cret")

    async def looked() -> dict[str, str]:
        reading = asyncio.create_task(read_bundle(bundle(written(ANSWER))))
        pid = await _child()
        found = psutil.Process(pid).environ()
        await reading
        return found

    assert asyncio.run(looked()) == child.ENVIRONMENT


async def _child() -> int:
    """The child of this process that runs the reader, once there is one."""
    for _ in range(6000):
        for process in psutil.Process().children():
            try:
                if "rookery_runtime.reading.reader" in process.cmdline():
                    return process.pid
            except (psutil.NoSuchProcess, psutil.ZombieProcess):
                continue
        await asyncio.sleep(0.005)
    raise AssertionError("no child was started")
