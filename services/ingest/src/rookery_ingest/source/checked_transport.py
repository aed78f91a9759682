"""The transport of web sources: it connects to checked addresses, and to no other."""

import socket
from collections.abc import Callable, Sequence
from ipaddress import ip_address
from urllib.request import getproxies, proxy_bypass

import httpx

from rookery_core.errors import Refused
from rookery_ingest.source.addresses import LAST_PORT, Address, Listed, check, host_name
from rookery_ingest.source.redaction import redacted

PORTS = {"http": 80, "https": 443}
Resolve = Callable[[str, int], tuple[Address, ...]]
"""Returns the addresses of a host for a port; raises OSError if there is none."""
# httpx knows a connection by its address alone. One that was opened for another name, with another
# certificate, must not be used again.
_ONE_REQUEST_EACH = httpx.Limits(max_keepalive_connections=0)


class CheckedTransport(httpx.BaseTransport):
    """Resolves the host once, checks every address, and connects to one that was checked.

    Host header, TLS server name and certificate stay those of the host's name. Every redirect is a
    request of its own, and is checked here as well.

    A proxy of the environment (`http_proxy`, `https_proxy`, `all_proxy`, `no_proxy`) is used. Then
    the proxy resolves and connects: names that resolve here are checked, others are left to the
    proxy's own rules.
    """

    def __init__(self, allowed: Sequence[Listed], resolve: Resolve | None = None) -> None:
        self._allowed = allowed
        self._resolve = resolve or resolved
        self._direct = httpx.HTTPTransport(limits=_ONE_REQUEST_EACH)
        self._opened: list[httpx.BaseTransport] = [self._direct]
        self.proxy: str | None = None
        """The proxy that the last request went to, as it may be shown; None where there is none."""

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Returns the host's answer, from an address that may be connected to.

        Raises:
            Refused: one of the host's addresses may not, or it can have none.
        """
        host = host_name(request.url.raw_host.decode("ascii"))
        port = request.url.port or PORTS[request.url.scheme]
        if port > LAST_PORT:
            raise Refused(f"{host} has no port {port}; correct the spec's source.url")
        proxy = _proxy(request.url.scheme, host, port)
        self.proxy = redacted(proxy if "://" in proxy else f"http://{proxy}") if proxy else None
        try:
            addresses = self._resolve(host, port)
        except OSError as error:
            if proxy is None:
                said = f"the name {host} could not be resolved: {error.strerror or error}"
                raise httpx.ConnectError(said, request=request) from error
            addresses = ()
        check(host, port, addresses, self._allowed)
        if proxy is not None:
            return self._through(proxy).handle_request(request)
        return self._first_answer(request, host, addresses)

    def close(self) -> None:
        """Closes all connections."""
        for transport in self._opened:
            transport.close()

    def _first_answer(
        self, request: httpx.Request, host: str, addresses: Sequence[Address]
    ) -> httpx.Response:
        """Tries one address after the other, as a client does that is given a name."""
        failures: list[httpx.TransportError] = []
        for address in addresses:
            try:
                return self._direct.handle_request(_pinned(request, host, address))
            except (httpx.ConnectError, httpx.ConnectTimeout) as error:
                failures.append(error)
        raise failures[0]

    def _through(self, proxy: str) -> httpx.BaseTransport:
        try:
            transport = httpx.HTTPTransport(
                proxy=proxy if "://" in proxy else f"http://{proxy}", limits=_ONE_REQUEST_EACH
            )
        except (ValueError, httpx.InvalidURL, ImportError):
            # The address may hold a password.
            raise Refused(
                "the proxy that the environment names can't be used; give http_proxy or "
                "https_proxy as http://HOST:PORT, or add the source's host to no_proxy"
            ) from None
        self._opened.append(transport)
        return transport


def _proxy(scheme: str, host: str, port: int) -> str | None:
    proxies = getproxies()
    proxy = proxies.get(scheme) or proxies.get("all")
    return None if not proxy or proxy_bypass(f"{host}:{port}") else proxy


def resolved(host: str, port: int) -> tuple[Address, ...]:
    """Returns the host's addresses in the resolver's order, however the host is spelled.

    Raises:
        OSError: there is none, or no resolver answers.
    """
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return tuple(dict.fromkeys(ip_address(str(place[0])) for *_, place in found))


def _pinned(request: httpx.Request, host: str, address: Address) -> httpx.Request:
    """Returns the same request, to that very address."""
    return httpx.Request(
        request.method,
        request.url.copy_with(host=str(address)),
        headers=request.headers,
        stream=request.stream,
        extensions={**request.extensions, "sni_hostname": host},
    )
