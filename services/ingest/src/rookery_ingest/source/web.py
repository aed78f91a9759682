"""Sources on the web: http and https."""

from collections.abc import Iterator, Sequence
from functools import partial

import httpx

from rookery_core.connection_failure import is_connection_failure, is_tls_refusal
from rookery_core.errors import Refused, RookeryError, Unavailable
from rookery_core.waiting import Wait, retrying
from rookery_ingest.source.addresses import Listed
from rookery_ingest.source.checked_transport import CheckedTransport
from rookery_ingest.source.redaction import redacted

MAX_REDIRECTS = 5
_LATER = {408, 425, 429}
"""Answers of the 400s that may change by themselves."""
_SHOWN = 300
"""Characters of a foreign text that a message shows."""


def http_blocks(
    url: str,
    allowed: Sequence[Listed],
    timeout: float,
    first_connection: Wait,
    block_bytes: int,
) -> Iterator[bytes]:
    """Yields the body at `url`, following redirects that stay on its scheme.

    It connects to an address that is not public only if `allowed` lists it. A connection that fails
    before there is an answer is tried again, for as long as `first_connection` says.

    Raises:
        Refused: the answer is one that a retry will not change, an address is not allowed, a
            certificate does not fit, or a redirect leads to another scheme.
        Unavailable: a server error, a time-out, or a body shorter than announced.
    """
    name = redacted(url)
    transport = CheckedTransport(allowed)
    try:
        # With a transport given, httpx takes no proxy of its own.
        with httpx.Client(transport=transport, timeout=timeout) as client:
            ask = partial(_answer, client, url, name)
            response = retrying(ask, _may_pass, first_connection, "source")
            yield from _body(response, _asked(name, transport), block_bytes)
    except httpx.UnsupportedProtocol:
        raise Refused(f"{name} redirects to a scheme that is no web address") from None
    except httpx.InvalidURL as error:
        raise Refused(f"{name} is not a web address: {_short(error)}") from None
    except httpx.HTTPError as error:
        raise _failure(_asked(name, transport), error) from None


def _asked(name: str, transport: CheckedTransport) -> str:
    """Names the source, and the proxy that was asked for it: either may be what failed."""
    if transport.proxy is None:
        return name
    return f"{name} (through the proxy {transport.proxy}; no_proxy names hosts to ask directly)"


def _answer(client: httpx.Client, url: str, name: str) -> httpx.Response:
    """Returns the first answer that is not a redirect; its body is not read yet."""
    request = client.build_request("GET", url, headers={"Accept-Encoding": "identity"})
    scheme = request.url.scheme
    for _ in range(MAX_REDIRECTS + 1):
        if not request.url.host:
            raise Refused(f"{name} names no host; correct the spec's source.url")
        response = client.send(request, stream=True)
        following = response.next_request
        if following is None:
            return response
        response.close()
        if following.url.scheme != scheme:
            raise Refused(
                f"{name} redirects from {scheme} to {following.url.scheme[:_SHOWN]}; "
                "name the final address in the spec's source.url"
            )
        request = following
    raise Refused(f"{name} redirects more than {MAX_REDIRECTS} times; name the last address")


def _body(response: httpx.Response, name: str, block_bytes: int) -> Iterator[bytes]:
    try:
        if response.status_code != httpx.codes.OK:
            raise _fault(name, response.status_code)
        coding = response.headers.get("Content-Encoding", "").strip().lower()
        if coding not in {"", "identity"}:
            # A small coded body can become a large one; digest and size would not be the file's.
            raise Refused(
                f"{name} answers with Content-Encoding {coding[:_SHOWN]!r}, though only the file "
                "as it is was asked for; let the server send it plain"
            )
        yield from response.iter_raw(block_bytes)
    finally:
        response.close()


def _fault(name: str, status: int) -> RookeryError:
    if status == httpx.codes.PROXY_AUTHENTICATION_REQUIRED:
        return Refused(f"{name} answers {status}: give user and password with the proxy's address")
    if status >= 500 or status in _LATER:
        return Unavailable(f"{name} answers {status}; run the job again when it is well")
    return Refused(f"{name} answers {status}; correct the spec's source.url")


def _may_pass(error: Exception) -> bool:
    """Tells whether the same request may soon be answered: the connection failed or broke off."""
    return is_connection_failure(error) or isinstance(error, httpx.RemoteProtocolError)


def _failure(name: str, error: httpx.HTTPError) -> RookeryError:
    said = _short(error) or type(error).__name__
    if is_tls_refusal(error):
        return Refused(
            f"{name} can't be trusted or speaks no TLS: {said}; correct the spec's source.url or "
            "the server's certificate, or name its authority's in SSL_CERT_FILE"
        )
    return Unavailable(f"{name} could not be read: {said}; run the job again")


def _short(error: Exception) -> str:
    """Returns the beginning of what the error says; some of it may come from the server."""
    return " ".join(str(error).split())[:_SHOWN]
