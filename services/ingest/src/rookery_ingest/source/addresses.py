"""Which addresses a source may have: public ones, and those that the operator lists.

The author of a spec, and the owner of a server that a spec names, choose where ingest connects.
Without a rule, that could be any server that ingest reaches: other pods, the node, the cloud's
metadata.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
    ip_network,
)

from rookery_core.errors import Refused

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

SETTING = "ROOKERY_SOURCE_ALLOWED"
"""The variable that lists what is allowed besides public addresses; the chart fills it from
`pipeline.egress`."""
_LABEL = r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?"
_HOST = re.compile(rf"{_LABEL}(?:\.{_LABEL})*")
LAST_PORT = 65535
_SHOWN = 100
"""Characters of a foreign text that a message shows."""
NAT64 = IPv6Network("64:ff9b::/96")
"""IPv4 addresses as an IPv6 network knows them; the last 32 bits decide (RFC 6052)."""
_IPV4_KINDS = {
    "0.0.0.0/8": "an unspecified",
    "127.0.0.0/8": "a loopback",
    "169.254.0.0/16": "a link-local",
    "10.0.0.0/8": "a private",
    "172.16.0.0/12": "a private",
    "192.168.0.0/16": "a private",
    "100.64.0.0/10": "a private",
    # Azure's machines find their metadata and certificates there.
    "168.63.129.16/32": "a cloud's own",
    "192.0.0.0/24": "a reserved",
    "192.0.2.0/24": "a reserved",
    "192.88.99.0/24": "a reserved",
    "198.18.0.0/15": "a reserved",
    "198.51.100.0/24": "a reserved",
    "203.0.113.0/24": "a reserved",
    "224.0.0.0/4": "a multicast",
    "240.0.0.0/4": "a reserved",
}
_IPV6_KINDS = {
    "::/128": "an unspecified",
    "::1/128": "a loopback",
    "fe80::/10": "a link-local",
    "fc00::/7": "a private",
    "ff00::/8": "a multicast",
    # Teredo is in the first of these, 6to4 is the third: tunnels whose far end is an IPv4 address.
    "2001::/23": "a reserved",
    "2001:db8::/32": "a reserved",
    "2002::/16": "a reserved",
    "3fff::/20": "a reserved",
    # All but 2000::/3, the one block from which public addresses are given out.
    "::/3": "a reserved",
    "4000::/2": "a reserved",
    "8000::/1": "a reserved",
}
KINDS: tuple[tuple[Network, str], ...] = tuple(
    (ip_network(network), kind) for network, kind in (*_IPV4_KINDS.items(), *_IPV6_KINDS.items())
)
"""The networks that are not public, by IANA's registries of special-purpose addresses, and what an
address of each is called; the first network that holds an address counts."""


@dataclass(frozen=True)
class Listed:
    """One entry of the list: a host's name or a network, and a port or all of them."""

    host: str | None
    network: Network | None
    port: int | None

    def covers(self, host: str, address: Address, port: int) -> bool:
        """Tells whether a connection to that address of the host is listed."""
        if self.port not in {None, port}:
            return False
        if self.network is not None:
            return unwrapped(address) in self.network or address in self.network
        return self.host == host


def listed(text: str) -> tuple[Listed, ...]:
    """Reads a list such as `files.example.internal:8080, 10.1.0.0/16, [fd00::/8]:443`.

    Raises:
        ValueError: an entry is wrong; names it.
    """
    return tuple(_entry(entry) for entry in re.split(r"[\s,]+", text.strip()) if entry)


def kind(address: Address) -> str | None:
    """Says what an address is, such as "a loopback"; None for a public one."""
    address = unwrapped(address)
    return next((kind for network, kind in KINDS if address in network), None)


def check(host: str, port: int, addresses: Iterable[Address], allowed: Sequence[Listed]) -> None:
    """Checks that every address of the host is public, or listed for that port.

    Raises:
        Refused: one is neither.
    """
    for address in addresses:
        found = kind(address)
        if found is None or any(entry.covers(host, address, port) for entry in allowed):
            continue
        where = f"{host}:{port}" if host == str(address) else f"{host}:{port} ({address})"
        entry = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
        raise Refused(
            f"{where} is {found} address, and sources come from public ones; correct the spec's "
            f"source.url, or list {entry} in {SETTING} (chart: pipeline.egress) if it is meant"
        )


def host_name(text: str) -> str:
    """Returns the host as it is compared and looked up: in lower case, without a last dot.

    Raises:
        Refused: it is neither a name nor an address.
    """
    host = text.lower().removesuffix(".")
    if not (_HOST.fullmatch(host) and len(host) <= 253) and _address(host) is None:
        raise Refused(f"{text[:_SHOWN]!r} is no host's name; correct the spec's source.url")
    return host


def unwrapped(address: Address) -> Address:
    """Returns the IPv4 address that an IPv6 address stands for, or the address itself."""
    if isinstance(address, IPv4Address):
        return address
    if address in NAT64:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address


def _entry(text: str) -> Listed:
    network = _network(text)
    if network is not None:
        return Listed(None, network, None)
    place, colon, number = text.rpartition(":")
    port = _port(number, text) if colon else None
    place = place if colon else text
    if place.startswith("[") and place.endswith("]"):
        place = place[1:-1]
    network = _network(place)
    if network is not None:
        return Listed(None, network, port)
    try:
        host = place.encode("idna").decode("ascii").lower().removesuffix(".")
    except UnicodeError:
        host = ""
    if not _HOST.fullmatch(host):
        raise ValueError(
            f"{text[:_SHOWN]!r} is no HOST, ADDRESS or NETWORK, each with or without :PORT; "
            "write an IPv6 address with a port as [ADDRESS]:PORT"
        )
    return Listed(host, None, port)


def _port(number: str, text: str) -> int:
    if not (number.isascii() and number.isdecimal() and 0 < int(number[:6]) <= LAST_PORT):
        raise ValueError(
            f"{text[:_SHOWN]!r} ends in no port; give one from 1 to {LAST_PORT}, or none"
        )
    return int(number)


def _network(text: str) -> Network | None:
    text = text[1:-1] if text.startswith("[") and text.endswith("]") else text
    try:
        return ip_network(text)
    except ValueError as error:
        if "host bits" in str(error):
            raise
        return None


def _address(text: str) -> Address | None:
    try:
        return ip_address(text)
    except ValueError:
        return None
