"""A source's address as it appears in messages, logs and tables."""

import re


def redacted(url: str) -> str:
    """Returns the address without user, password and query, which may hold secrets."""
    scheme, _, rest = url.partition("://")
    if scheme in {"http", "https"}:
        # Without a parser, which would fail on a wrong address: here it is only named.
        rest = re.split(r"[?#]", rest, maxsplit=1)[0]
    elif scheme not in {"s3", "postgresql"}:
        return url
    place, slash, path = rest.partition("/")
    return f"{scheme}://{place.rpartition('@')[2]}{slash}{path}"
