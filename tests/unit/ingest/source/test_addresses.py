"""Which addresses a source may be at."""

from ipaddress import ip_address

import pytest

from rookery_core.errors import Refused
from rookery_ingest.source.addresses import check, host_name, kind, listed

PUBLIC = [
    "1.1.1.1",
    "100.63.255.255",
    "100.128.0.0",
    "126.255.255.255",
    "128.0.0.0",
    "172.15.255.255",
    "172.32.0.0",
    "192.167.255.255",
    "223.255.255.255",
    "2606:4700::1111",
    "2a00:1450:4001:80b::200e",
    "2001:4860:4860::8888",
    "::ffff:1.1.1.1",
    "64:ff9b::1.1.1.1",
]
NOT_PUBLIC = [
    "0.0.0.0",  # noqa: S104 (an address, nothing listens)
    "0.1.2.3",
    "10.0.0.1",
    "100.64.0.1",
    "100.100.100.200",
    "127.0.0.1",
    "127.255.255.254",
    "168.63.129.16",
    "169.254.169.254",
    "172.16.0.1",
    "172.31.255.255",
    "192.0.0.192",
    "192.0.2.1",
    "192.88.99.1",
    "192.168.1.1",
    "198.18.0.1",
    "198.51.100.1",
    "203.0.113.1",
    "224.0.0.1",
    "239.255.255.255",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::127.0.0.1",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
    "::ffff:169.254.169.254",
    "::ffff:0:127.0.0.1",
    "64:ff9b::127.0.0.1",
    "64:ff9b::a9fe:a9fe",
    "64:ff9b:1::1.1.1.1",
    "100::1",
    "2001::1",
    "2001:0:4136:e378:8000:63bf:3fff:fdd2",
    "2001:db8::1",
    "2002:7f00:1::1",
    "2002:a9fe:a9fe::1",
    "2002:101:101::1",
    "3fff::1",
    "5f00::1",
    "fc00::1",
    "fd00:ec2::254",
    "fdff::1",
    "fe80::1",
    "fe80::1%eth0",
    "fec0::1",
    "ff02::1",
]


@pytest.mark.parametrize("text", PUBLIC)
def test_a_public_address_is_no_other_kind(text: str) -> None:
    assert kind(ip_address(text)) is None


@pytest.mark.parametrize("text", NOT_PUBLIC)
def test_every_other_address_is_refused(text: str) -> None:
    assert kind(ip_address(text))

    with pytest.raises(Refused, match=r"correct the spec's source.url, or list .*ROOKERY_SOURCE_A"):
        check("files.example.org", 80, [ip_address(text)], ())


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("127.0.0.1", "a loopback"),
        ("::1", "a loopback"),
        ("169.254.169.254", "a link-local"),
        ("10.96.0.1", "a private"),
        ("fd00:ec2::254", "a private"),
        ("64:ff9b::10.0.0.1", "a private"),
        ("ff02::1", "a multicast"),
        ("240.0.0.1", "a reserved"),
    ],
)
def test_the_message_says_what_the_address_is(text: str, told: str) -> None:
    with pytest.raises(Refused, match=rf"{told} address"):
        check("files.example.org", 80, [ip_address(text)], ())


def test_one_address_that_is_not_public_is_enough() -> None:
    addresses = [ip_address("1.1.1.1"), ip_address("10.0.0.1")]

    with pytest.raises(Refused, match=r"files.example.org:443 \(10.0.0.1\) is a private address"):
        check("files.example.org", 443, addresses, ())


@pytest.mark.parametrize(
    ("entries", "host", "port", "address"),
    [
        ("files.example.internal", "files.example.internal", 80, "10.0.0.1"),
        ("Files.Example.Internal.", "files.example.internal", 8443, "10.0.0.1"),
        ("files:8080", "files", 8080, "10.0.0.1"),
        ("bücher.example:80", "xn--bcher-kva.example", 80, "10.0.0.1"),
        ("10.0.0.1", "files", 80, "10.0.0.1"),
        ("10.0.0.1:80", "files", 80, "10.0.0.1"),
        ("10.0.0.1", "files", 80, "::ffff:10.0.0.1"),
        ("10.0.0.0/8:80", "files", 80, "10.200.0.1"),
        ("fd00::/8", "files", 80, "fd12::1"),
        ("[fd00::/8]:80", "files", 80, "fd12::1"),
        ("::1", "files", 80, "::1"),
        ("[::1]", "files", 80, "::1"),
        ("64:ff9b::/96", "files", 80, "64:ff9b::10.0.0.1"),
        ("  a:1,\n10.0.0.1 b:2 ", "files", 80, "10.0.0.1"),
    ],
)
def test_what_is_listed_is_allowed(entries: str, host: str, port: int, address: str) -> None:
    check(host, port, [ip_address(address)], listed(entries))


@pytest.mark.parametrize(
    ("entries", "host", "port", "address"),
    [
        ("", "files", 80, "10.0.0.1"),
        ("files:8080", "files", 80, "10.0.0.1"),
        ("files", "other", 80, "10.0.0.1"),
        ("files", "files.example", 80, "10.0.0.1"),
        ("example", "files.example", 80, "10.0.0.1"),
        ("10.0.0.1", "files", 80, "10.0.0.2"),
        ("10.0.0.0/24:80", "files", 443, "10.0.0.2"),
        ("[::1]:80", "files", 80, "127.0.0.1"),
        ("0.0.0.0/0", "files", 80, "::1"),
    ],
)
def test_nothing_else_is(entries: str, host: str, port: int, address: str) -> None:
    with pytest.raises(Refused):
        check(host, port, [ip_address(address)], listed(entries))


@pytest.mark.parametrize(
    "entry",
    [
        "http://files",
        "files/path",
        "files:",
        "files:0",
        "files:65536",
        "files:http",
        "files:٣",
        "*.example.org",
        ".example.org",
        "10.0.0.1/8",
        "10.0.0.0/33",
        "fd00::1/8:80",
        "user@files",
        "-",
        "a..b",
        "[::1",
        "[files]]",
    ],
)
def test_an_entry_that_is_none_is_named(entry: str) -> None:
    with pytest.raises(ValueError, match=r"has host bits set|is no HOST|ends in no port"):
        listed(f"files, {entry}")


@pytest.mark.parametrize(
    "text",
    ["", ".", "..", "a b", "a%20b", "%31%32%37.0.0.1", "a" * 254, "a/b", "a@b", "a\\b", "-a", "a-"],
)
def test_what_is_no_host_is_refused(text: str) -> None:
    with pytest.raises(Refused, match="is no host's name"):
        host_name(text)


@pytest.mark.parametrize(
    ("text", "host"),
    [("FILES.", "files"), ("127.0.0.1.", "127.0.0.1"), ("::1", "::1"), ("a_b.c-d.9", "a_b.c-d.9")],
)
def test_a_host_is_compared_in_one_form(text: str, host: str) -> None:
    assert host_name(text) == host
