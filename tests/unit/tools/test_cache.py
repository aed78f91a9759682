from pathlib import Path

import pytest
from tools.cache import Cache, digest, home


def test_a_finished_step_is_not_built_again(tmp_path: Path) -> None:
    cache = Cache(tmp_path)
    builds: list[Path] = []

    def build(folder: Path) -> None:
        builds.append(folder)
        (folder / "result").write_text("done")

    first = cache.folder("step", "a" * 16, build)
    second = cache.folder("step", "a" * 16, build)

    assert first == second
    assert len(builds) == 1
    assert (second / "result").read_text() == "done"


def test_a_half_done_step_is_done_again_from_nothing(tmp_path: Path) -> None:
    cache = Cache(tmp_path)

    def dies(folder: Path) -> None:
        (folder / "half").write_text("")
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        cache.folder("step", "a" * 16, dies)
    assert not cache.path("step", "a" * 16).exists()

    finished = cache.folder("step", "a" * 16, lambda folder: (folder / "whole").touch())

    assert [each.name for each in finished.iterdir()] == ["whole"]


def test_other_inputs_replace_the_result_of_that_step_alone(tmp_path: Path) -> None:
    cache = Cache(tmp_path)
    old = cache.folder("step", "a" * 16, Path.touch)
    other = cache.folder("step-two", "a" * 16, Path.touch)

    new = cache.folder("step", "b" * 16, Path.touch)

    assert new.exists()
    assert other.exists()
    assert not old.exists()


def test_a_digest_sees_content_name_mode_and_order(tmp_path: Path) -> None:
    file = tmp_path / "tree" / "file"
    file.parent.mkdir()
    file.write_text("one")
    seen = {digest(file.parent)}

    file.write_text("two")
    seen.add(digest(file.parent))
    file.chmod(0o755)
    seen.add(digest(file.parent))
    file.rename(file.with_name("other"))
    seen.add(digest(file.parent))
    seen |= {digest("a", "b"), digest("ab"), digest("b", "a")}

    assert len(seen) == 7


def test_a_digest_does_not_see_compiled_python(tmp_path: Path) -> None:
    (tmp_path / "module.py").write_text("x = 1")
    before = digest(tmp_path)

    (tmp_path / "__pycache__").mkdir()
    (tmp_path / "__pycache__" / "module.pyc").write_bytes(b"\0")

    assert digest(tmp_path) == before


def test_it_is_kept_outside_the_checkout(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))

    assert home() == tmp_path / "rookery"
