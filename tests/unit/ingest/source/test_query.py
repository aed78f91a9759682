"""What the reader of a query is told, before anything is asked."""

from ipaddress import ip_address

import pytest

from rookery_core.errors import Refused
from rookery_core.spec.source import Source
from rookery_ingest.source import memory
from rookery_ingest.source.memory import reader_memory
from rookery_ingest.source.query import credentials_of, encryption, place_of

MEBIBYTE = 1024**2


@pytest.mark.parametrize(
    ("url", "place"),
    [
        ("postgresql://db.example.org/shop", ("db.example.org", 5432, "shop")),
        ("postgresql://DB.example.org.:5433/shop", ("db.example.org", 5433, "shop")),
        ("postgresql://10.0.0.7:1/a b", ("10.0.0.7", 1, "a b")),
        ("postgresql://[fd00::7]/shop", ("fd00::7", 5432, "shop")),
        ("postgresql://[fd00::7]:5433/shop", ("fd00::7", 5433, "shop")),
    ],
)
def test_an_address_names_host_port_and_database(url: str, place: tuple[str, int, str]) -> None:
    assert place_of(url) == place


@pytest.mark.parametrize("port", ["0", "65536", "x", "", "-1", "99999999999"])
def test_a_port_that_is_none_is_refused(port: str) -> None:
    with pytest.raises(Refused, match="has no port"):
        place_of(f"postgresql://db.example.org:{port}/shop")


@pytest.mark.parametrize(
    "host", ["/var/run", "a,b", "db.example.org,evil", "%2Fvar", "h\nost", "*"]
)
def test_a_host_that_is_no_name_is_refused(host: str) -> None:
    with pytest.raises(Refused, match=r"is no host's name|has no port"):
        place_of(f"postgresql://{host}/shop")


@pytest.mark.parametrize("address", ["9.9.9.9", "2620:fe::fe"])
def test_a_public_server_has_to_prove_its_name(
    address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", "/certificates.pem")

    for addresses in ((ip_address(address),), (ip_address("10.0.0.1"), ip_address(address))):
        assert encryption(addresses) == {
            "sslmode": "verify-full",
            "sslrootcert": "/certificates.pem",
        }


@pytest.mark.parametrize("address", ["10.0.0.1", "127.0.0.1", "::1", "fd00::1", "169.254.0.9"])
def test_a_server_inside_never_gets_a_password_in_plain(address: str) -> None:
    given = encryption((ip_address(address),))

    assert given == {"sslmode": "prefer", "require_auth": "scram-sha-256,md5"}


def test_credentials_are_found_by_their_name(monkeypatch: pytest.MonkeyPatch) -> None:
    source = Source(
        url="postgresql://db.example.org/shop", query="SELECT 1", credentials="the-shop-2"
    )
    monkeypatch.setenv("ROOKERY_SOURCE_THE_SHOP_2_USER", "u")
    monkeypatch.setenv("ROOKERY_SOURCE_THE_SHOP_2_PASSWORD", "p")

    assert credentials_of(source) == ("u", "p")


@pytest.mark.parametrize(
    ("file_bytes", "allowed"),
    [
        (1, 256 * MEBIBYTE),
        (16 * MEBIBYTE, 256 * MEBIBYTE),
        (100 * MEBIBYTE, 1600 * MEBIBYTE),
        (10**12, 2048 * MEBIBYTE),
        (None, 256 * MEBIBYTE),
    ],
)
def test_memory_grows_with_the_file(
    file_bytes: int | None, allowed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(memory, "_left", lambda: 10**12)

    assert reader_memory(None, file_bytes) == allowed
    assert reader_memory(7, file_bytes) == 7


def test_memory_stays_within_what_the_container_has_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "_left", lambda: 300 * MEBIBYTE)

    assert reader_memory(None, 10**12) == 300 * MEBIBYTE
