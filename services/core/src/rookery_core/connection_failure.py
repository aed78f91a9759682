"""Connections that failed or broke: what a first connection may meet and a second one not.

Where network policies are enforced, a new pod is refused for a moment, until the network knows that
its address may connect.
"""

import socket
import ssl
from collections.abc import Iterator
from errno import EACCES, EHOSTDOWN, EHOSTUNREACH, ENETDOWN, ENETUNREACH, EPERM

FIRST_CONNECTION_SECONDS = 30.0
"""For how long a program tries its first connection to a server again."""
_UNREACHABLE = {EHOSTUNREACH, EHOSTDOWN, ENETUNREACH, ENETDOWN}
_FORBIDDEN = {EPERM, EACCES}
_NEVER = {"WRONG_VERSION_NUMBER", "UNSUPPORTED_PROTOCOL", "TLSV1_ALERT_PROTOCOL_VERSION"}
"""What OpenSSL says if the other side speaks no TLS, or no version that is spoken here."""
_CUT = (ssl.SSLEOFError, ssl.SSLZeroReturnError, ssl.SSLSyscallError)
"""The TLS errors that only say that the connection ended."""


def is_connection_failure(error: BaseException) -> bool:
    """Tells whether a connection was refused, reset, timed out, not let through, or had no address.

    HTTP and S3 clients wrap the system's error in their own, so its causes are looked at as well. A
    certificate or a protocol that does not fit is not a failure of this kind.
    """
    causes = list(_causes(error))
    if any(isinstance(each, ssl.SSLError) and not isinstance(each, _CUT) for each in causes):
        return False
    return any(_is_of_a_connection(each) for each in causes)


def is_tls_refusal(error: BaseException) -> bool:
    """Tells whether the server's certificate is not trusted, or its TLS does not fit."""
    return any(
        isinstance(each, ssl.SSLCertVerificationError)
        or (isinstance(each, ssl.SSLError) and each.reason in _NEVER)
        for each in _causes(error)
    )


def _causes(error: BaseException) -> Iterator[BaseException]:
    """Yields the error, and what it was raised from or because of."""
    seen: set[int] = set()
    each: BaseException | None = error
    while each is not None and id(each) not in seen:
        seen.add(id(each))
        yield each
        each = each.__cause__ or each.__context__


def _is_of_a_connection(error: BaseException) -> bool:
    if isinstance(error, (ConnectionError, TimeoutError, socket.gaierror, *_CUT)):
        return True
    if not isinstance(error, OSError):
        return False
    # With a file's name, it is a file that may not be read.
    is_forbidden = error.errno in _FORBIDDEN and error.filename is None
    return is_forbidden or error.errno in _UNREACHABLE
