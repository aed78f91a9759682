"""Failures of a connection, told from failures of what was asked."""

import socket
import ssl
from errno import EACCES, EHOSTUNREACH, ENETUNREACH, ENOENT, EPERM

import pytest

from rookery_core.connection_failure import is_connection_failure, is_tls_refusal


def _tls(reason: str) -> ssl.SSLError:
    error = ssl.SSLError(1, f"[SSL: {reason}]")
    error.reason = reason
    return error


@pytest.mark.parametrize(
    "error",
    [
        ConnectionRefusedError(),
        ConnectionResetError(),
        BrokenPipeError(),
        TimeoutError(),
        socket.gaierror(socket.EAI_AGAIN, "try again"),
        socket.gaierror(socket.EAI_NONAME, "unknown"),
        OSError(EHOSTUNREACH, "no route"),
        OSError(ENETUNREACH, "no network"),
        PermissionError(EPERM, "not permitted"),
        PermissionError(EACCES, "denied"),
        ssl.SSLEOFError(8, "EOF"),
    ],
    ids=repr,
)
def test_what_may_pass_is_told_however_deep_it_is(error: OSError) -> None:
    wrapped, outer = ValueError("wrapped"), ValueError("outer")
    wrapped.__cause__, outer.__context__ = error, wrapped

    assert is_connection_failure(error)
    assert is_connection_failure(outer)


@pytest.mark.parametrize(
    "error",
    [
        ValueError("no"),
        FileNotFoundError(ENOENT, "not there", "/a"),
        PermissionError(EACCES, "denied", "/a"),
        ssl.SSLCertVerificationError(1, "self-signed"),
        _tls("WRONG_VERSION_NUMBER"),
    ],
    ids=repr,
)
def test_what_a_retry_does_not_change_is_another_failure(error: Exception) -> None:
    assert not is_connection_failure(error)


def test_a_certificate_is_no_failure_of_the_connection_that_it_ends() -> None:
    error = ConnectionError("closed")
    error.__cause__ = ssl.SSLCertVerificationError(1, "self-signed")

    assert not is_connection_failure(error)
    assert is_tls_refusal(error)


def test_an_error_that_comes_from_itself_ends() -> None:
    one, two = ValueError("one"), ValueError("two")
    one.__cause__, two.__cause__ = two, one

    assert not is_connection_failure(one)
