"""What the failures of a PostgreSQL source mean: whether a retry may help, and what to mend."""

import psycopg2

from rookery_core.errors import Refused, RookeryError, Unavailable

_LASTING = ("0A", "22", "34", "42", "54")
"""Classes of SQLSTATE: what this server can't do, a value, a cursor, a statement, or a limit that
the query breaks every time (https://www.postgresql.org/docs/current/errcodes-appendix.html)."""
_TIMED_OUT = "57014"
_NO_RIGHT = "42501"
_READ_ONLY = "25006"
_LOGIN = ("authentication", "no pg_hba.conf entry", "pg_hba.conf rejects", "does not exist")
_ENCRYPTION = ("SSL", "certificate", "GSSAPI")
_SHOWN = 300


def is_no_answer(error: BaseException) -> bool:
    """Tells whether a connection failed before the server said anything."""
    if not isinstance(error, psycopg2.OperationalError):
        return False
    said = str(error)
    return not any(sign in said for sign in ("FATAL", *_LOGIN, *_ENCRYPTION))


def failure(error: psycopg2.Error, seconds: int) -> RookeryError:
    """Returns the error of a job that a server's or a connection's failure is."""
    said = " ".join(str(error).split())[:_SHOWN]
    if error.pgcode is None:
        return _of_connection(said)
    if error.pgcode == _TIMED_OUT:
        return Unavailable(
            f"did not answer the query within {seconds} s; run the job again, select less in "
            "source.query, or raise ROOKERY_INGEST_SOURCE_SECONDS"
        )
    if error.pgcode == _READ_ONLY:
        return Refused(f"may only be read: {said}; correct the spec's source.query")
    if error.pgcode == _NO_RIGHT:
        return Refused(f"refuses the query: {said}; grant SELECT to the user of source.credentials")
    if error.pgcode.startswith(_LASTING):
        return Refused(f"refuses the query: {said}; correct the spec's source.query")
    return Unavailable(f"failed: {said}; run the job again")


def _of_connection(said: str) -> RookeryError:
    if any(sign in said for sign in _LOGIN):
        return Refused(
            f"refuses the login: {said}; correct the spec's source.url, or user and password of "
            "source.credentials"
        )
    if any(sign in said for sign in _ENCRYPTION):
        return Refused(
            f"can't be trusted or speaks no TLS: {said}; a server at a public address needs a "
            "certificate for its name; correct it, or name its authority's in SSL_CERT_FILE"
        )
    if "allocate memory" in said or "out of memory" in said:
        return Refused("sends values that are too large; select less in source.query")
    return Unavailable(f"could not be asked: {said}; run the job again when it answers")
