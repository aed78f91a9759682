"""Sources on the web: http and https."""

from collections.abc import Iterator

import httpx

from rookery_core.errors import Refused, RookeryError, Unavailable

MAX_REDIRECTS = 5
_LATER = {408, 425, 429}
"""Answers of the 400s that may change by themselves."""


def http_blocks(url: str, name: str, timeout: float, block_bytes: int) -> Iterator[bytes]:
    """The body at `url`, following redirects that stay on its scheme.

    Raises:
        Refused: for an answer that a retry will not change, and for a redirect to another scheme.
        Unavailable: for a server error, a time-out, or a body shorter than announced.
    """
    scheme = httpx.URL(url).scheme
    try:
        with httpx.Client(timeout=timeout, follow_redirects=False) as client:
            # Compressed, the digest and the size would be of something else than the file.
            request = client.build_request("GET", url, headers={"Accept-Encoding": "identity"})
            for _ in range(MAX_REDIRECTS + 1):
                response = client.send(request, stream=True)
                with_redirect = response.next_request
                if with_redirect is None:
                    yield from _body(response, name, block_bytes)
                    return
                response.close()
                if with_redirect.url.scheme != scheme:
                    raise Refused(
                        f"{name} redirects from {scheme} to {with_redirect.url.scheme}; "
                        "name the final address in the spec's source.url"
                    )
                request = with_redirect
            raise Refused(
                f"{name} redirects more than {MAX_REDIRECTS} times; name the last address"
            )
    except httpx.UnsupportedProtocol:
        raise Refused(f"{name} redirects to a scheme that is no web address") from None
    except httpx.InvalidURL as error:
        raise Refused(f"{name} is not a web address: {error}") from None
    except httpx.HTTPError as error:
        raise Unavailable(
            f"{name} could not be read: {str(error) or type(error).__name__}; run the job again"
        ) from None


def _body(response: httpx.Response, name: str, block_bytes: int) -> Iterator[bytes]:
    try:
        if response.status_code != httpx.codes.OK:
            raise _fault(name, response.status_code)
        yield from response.iter_bytes(block_bytes)
    finally:
        response.close()


def _fault(name: str, status: int) -> RookeryError:
    if status >= 500 or status in _LATER:
        return Unavailable(f"{name} answers {status}; run the job again when it is well")
    return Refused(f"{name} answers {status}; correct the spec's source.url")
