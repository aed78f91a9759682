"""Time zones, whatever the machine knows of them."""

from importlib.resources import files

import pytest

from rookery_core.zones import UnknownZone, zone_of


def test_every_zone_of_the_package_is_found() -> None:
    names = files("tzdata").joinpath("zones").read_text("utf-8").split()

    assert len(names) > 500
    assert [zone_of(name).key for name in names] == names


@pytest.mark.parametrize(
    "name",
    [
        *("", "Berlin", "europe/berlin/", "Europe/Berlin\n", "Europe/../UTC", "a" * 10_000),
        *("../zones", "/etc/localtime", "Europe", "zone.tab", "tzdata.zi", "Europe/__init__.py"),
    ],
)
def test_what_names_no_zone_is_refused(name: str) -> None:
    with pytest.raises(UnknownZone):
        zone_of(name)
