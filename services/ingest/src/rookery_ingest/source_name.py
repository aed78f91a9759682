"""The name under which a source appears in messages, logs and tables."""

import re


def shown(url: str) -> str:
    """The address without user, password and query, which may hold secrets."""
    scheme, _, rest = url.partition("://")
    if scheme in {"http", "https"}:
        # By hand: what is no address must not fail here, where it is only named.
        rest = re.split(r"[?#]", rest, maxsplit=1)[0]
    elif scheme != "s3":
        return url
    place, slash, path = rest.partition("/")
    return f"{scheme}://{place.rpartition('@')[2]}{slash}{path}"
