"""The disk cache: whole bundles or none, also side by side, and no more than it may hold."""

import hashlib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from tests.some import some
from tests.unit.runtime.support.bundles import manifest_of

from rookery_api.registry.cache import Cache, CachedChampion
from rookery_core.contract import contract_of
from rookery_core.errors import Refused
from rookery_core.manifest import FeatureValue, GoldenPrediction
from rookery_core.spec.catalog import load_catalog
from rookery_runtime.bundle import Bundle, open_bundle, open_manifest

SPEC = load_catalog()["species"]
LIMIT = 10_000


def bundle_of(model: str, content: bytes = b"not really a model") -> Bundle:
    """A bundle that belongs together, of bytes that nobody runs."""
    contract = contract_of(SPEC.model_copy(update={"name": model}))
    row: dict[str, FeatureValue] = {feature.name: feature.example for feature in contract.features}
    golden = GoldenPrediction(inputs=row, label="Adelie", probabilities=(1.0, 0.0, 0.0))
    manifest = manifest_of(contract, content, (golden,))
    text = manifest.model_dump_json().encode()
    digest = hashlib.sha256(text).hexdigest()
    return open_bundle(open_manifest(model, text, digest, LIMIT), text, content)


def entry_of(bundle: Bundle, version: str = "1") -> CachedChampion:
    """What the registry said of it."""
    return CachedChampion(
        version=version,
        run_id="r",
        manifest_sha256=bundle.manifest_sha256,
        aliases={},
        history=[],
    )


def cache_in(folder: Path, max_bytes: int = LIMIT) -> Cache:
    """A cache."""
    return Cache(folder, max_bytes, LIMIT)


def test_what_was_written_is_read_again(tmp_path: Path) -> None:
    bundle = bundle_of("birds")

    cache_in(tmp_path).write("birds", entry_of(bundle), bundle)

    assert cache_in(tmp_path).read("birds") == (entry_of(bundle), bundle)
    assert cache_in(tmp_path).read("other") is None


def test_two_processes_of_one_folder_leave_each_others_bundles_alone(tmp_path: Path) -> None:
    # Each has a cache of its own, and keeps nothing that no champion names.
    caches = [cache_in(tmp_path, 0) for _ in range(2)]
    bundles = [bundle_of(f"birds{number}") for number in range(60)]

    def write(number: int) -> None:
        bundle = bundles[number]
        caches[number % 2].write(f"birds{number}", entry_of(bundle), bundle)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(write, range(len(bundles))))

    found = [caches[0].read(f"birds{number}") for number in range(len(bundles))]
    assert found == [(entry_of(bundle), bundle) for bundle in bundles]


def test_many_models_written_at_once_are_all_there(tmp_path: Path) -> None:
    cache = cache_in(tmp_path)
    bundles = {f"birds{number}": bundle_of(f"birds{number}") for number in range(40)}

    with ThreadPoolExecutor(8) as pool:
        written = [
            pool.submit(cache.write, model, entry_of(bundle), bundle)
            for model, bundle in bundles.items()
            for _ in range(3)
        ]
    for future in written:
        future.result()

    assert all(cache.read(model) == (entry_of(b), b) for model, b in some(bundles.items()))
    assert not list(tmp_path.rglob(".new-*"))


def test_bundles_that_nobody_names_go_when_they_are_too_many(tmp_path: Path) -> None:
    cache = cache_in(tmp_path, max_bytes=LIMIT)

    for number in range(20):
        bundle = bundle_of("birds", b"x" * (2000 + number))
        cache.write("birds", entry_of(bundle, str(number)), bundle)

    held = sum(file.stat().st_size for file in tmp_path.rglob("*") if file.is_file())
    assert held < 2 * LIMIT
    found = cache.read("birds")
    assert found is not None
    assert found[0].version == "19"


@pytest.mark.parametrize("name", ["model.onnx", "manifest.json"])
@pytest.mark.parametrize("damage", [b"", b"other"], ids=["empty", "other"])
def test_damaged_file_is_refused_and_mended_by_the_next_write(
    tmp_path: Path, name: str, damage: bytes
) -> None:
    cache, bundle = cache_in(tmp_path), bundle_of("birds")
    cache.write("birds", entry_of(bundle), bundle)
    (tmp_path / "bundles" / bundle.manifest_sha256 / name).write_bytes(damage)

    with pytest.raises(Refused):
        cache.read("birds")
    cache.write("birds", entry_of(bundle), bundle)

    assert cache.read("birds") == (entry_of(bundle), bundle)


def test_leftovers_of_a_killed_writer_are_tidied_away(tmp_path: Path) -> None:
    cache, bundle = cache_in(tmp_path), bundle_of("birds")
    (tmp_path / "bundles" / ".new-dead").mkdir(parents=True)

    cache.write("birds", entry_of(bundle), bundle)

    assert [folder.name for folder in (tmp_path / "bundles").iterdir()] == [bundle.manifest_sha256]


def test_forgotten_model_is_not_read(tmp_path: Path) -> None:
    cache, bundle = cache_in(tmp_path), bundle_of("birds")
    cache.write("birds", entry_of(bundle), bundle)

    cache.forget("birds")

    assert cache.read("birds") is None


def test_a_forgotten_model_leaves_nothing_on_the_disk(tmp_path: Path) -> None:
    cache, other = cache_in(tmp_path), bundle_of("others")
    cache.write("others", entry_of(other), other)
    for content in (b"first", b"second"):
        bundle = bundle_of("birds", content)
        cache.write("birds", entry_of(bundle), bundle)

    cache.forget("birds")

    assert bundles_in(tmp_path) == {other.manifest_sha256}


def test_what_the_registry_no_longer_has_leaves_the_disk(tmp_path: Path) -> None:
    cache, other = cache_in(tmp_path), bundle_of("others")
    gone, registered, serving = (bundle_of("birds", text) for text in (b"1", b"2", b"3"))
    for number, bundle in enumerate((gone, registered, serving), start=1):
        cache.write("birds", entry_of(bundle, str(number)), bundle)
    cache.write("others", entry_of(other), other)

    cache.drop_gone("birds", {registered.manifest_sha256, serving.manifest_sha256})

    left = {each.manifest_sha256 for each in (registered, serving, other)}
    assert bundles_in(tmp_path) == left
    cache.drop_gone("others", set())
    assert bundles_in(tmp_path) == left


def test_a_champion_that_the_registry_no_longer_has_stays_on_the_disk(tmp_path: Path) -> None:
    cache, bundle = cache_in(tmp_path), bundle_of("birds")
    cache.write("birds", entry_of(bundle), bundle)

    cache.drop_gone("birds", set())

    assert cache.read("birds") == (entry_of(bundle), bundle)


def test_an_earlier_bundle_whose_manifest_cannot_be_read_leaves_the_disk(tmp_path: Path) -> None:
    cache = cache_in(tmp_path)
    bundle = bundle_of("birds")
    cache.write("birds", entry_of(bundle), bundle)
    damaged = tmp_path / "bundles" / "damaged"
    damaged.mkdir()
    (damaged / "manifest.json").write_text("[]")

    cache.drop_gone("birds", set())

    assert bundles_in(tmp_path) == {bundle.manifest_sha256}


def test_a_cache_in_which_nothing_was_written_has_nothing_to_drop(tmp_path: Path) -> None:
    cache_in(tmp_path / "none").drop_gone("birds", set())

    assert not (tmp_path / "none").exists()


def bundles_in(folder: Path) -> set[str]:
    """Lists the bundles on the disk."""
    return {each.name for each in (folder / "bundles").iterdir()}
