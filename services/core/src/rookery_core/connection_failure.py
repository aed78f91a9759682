"""Connections that were not made, or broke: what a first connection may meet and a second not.

Where network policies are enforced, a new pod is refused for a moment: until its address is in the
sets of those that may connect.
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
"""What OpenSSL says where the other side speaks no TLS, or none that is spoken here."""
_CUT = (ssl.SSLEOFError, ssl.SSLZeroReturnError, ssl.SSLSyscallError)
"""Of the TLS errors those that only say that the connection ended."""


def is_connection_failure(error: BaseException) -> bool:
    """Whether a connection was refused, reset, timed out, not let through, or had no address.

    HTTP and S3 clients wrap the system's error in their own, so all that it comes from is looked
    at. A certificate or a protocol that does not fit is no failure of this kind.
    """
    causes = list(_causes(error))
    if any(isinstance(each, ssl.SSLError) and not isinstance(each, _CUT) for each in causes):
        return False
    return any(_is_of_a_connection(each) for each in causes)


def is_tls_refusal(error: BaseException) -> bool:
    """Whether the server's certificate is not trusted, or the server speaks no TLS that fits."""
    return any(
        isinstance(each, ssl.SSLCertVerificationError)
        or (isinstance(each, ssl.SSLError) and each.reason in _NEVER)
        for each in _causes(error)
    )


def _causes(error: BaseException) -> Iterator[BaseException]:
    """The error, and what it was raised from or because of."""
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
    # A file that may not be read has a name.
    is_forbidden = error.errno in _FORBIDDEN and error.filename is None
    return is_forbidden or error.errno in _UNREACHABLE
