"""The passwords and keys of a stack: random, generated once, readable by their owner alone."""

import os
import secrets
from pathlib import Path

from pydantic import SecretStr, TypeAdapter, ValidationError

from rookery_core.database.names import LOGIN_ROLES
from rookery_core.errors import Refused
from rookery_core.frozen import Frozen
from rookery_core.secret import GivenSecret

PASSWORD_BYTES = 24


class Credentials(Frozen):
    """One password per database role, one key pair for the object store."""

    administrator: GivenSecret
    """PostgreSQL's superuser: bootstrap alone uses it."""
    roles: dict[str, GivenSecret]
    s3_access_key: GivenSecret
    """Random too: whoever knows an access key needs only the secret key to get in."""
    s3_secret_key: GivenSecret


def load_or_make(path: Path, data: Path) -> Credentials:
    """Reads the credentials from the file, or generates them if there is no file.

    Raises:
        Refused: the file holds something else, or it is missing although its data is there.
    """
    if path.exists():
        try:
            return Credentials.model_validate_json(path.read_bytes())
        except ValidationError:
            raise Refused(
                f"{path} does not hold a stack's credentials; restore it, or remove the whole "
                "state folder to start anew"
            ) from None
    if data.exists():
        raise Refused(
            f"{path} is missing, and with it the passwords of the data in {data}; restore it, "
            "or remove the whole state folder to start anew"
        )
    made = make()
    _write(path, made)
    return made


def make() -> Credentials:
    """Generates random credentials."""
    return Credentials(
        administrator=_password(),
        roles={role: _password() for role in LOGIN_ROLES},
        s3_access_key=SecretStr(secrets.token_hex(10)),
        s3_secret_key=SecretStr(secrets.token_hex(20)),
    )


def _password() -> SecretStr:
    return SecretStr(secrets.token_urlsafe(PASSWORD_BYTES))


def _write(path: Path, credentials: Credentials) -> None:
    document: dict[str, str | dict[str, str]] = {
        "administrator": credentials.administrator.get_secret_value(),
        "roles": {role: each.get_secret_value() for role, each in credentials.roles.items()},
        "s3_access_key": credentials.s3_access_key.get_secret_value(),
        "s3_secret_key": credentials.s3_secret_key.get_secret_value(),
    }
    text = TypeAdapter(dict[str, str | dict[str, str]]).dump_json(document, indent=2)
    whole = path.with_suffix(".new")
    whole.unlink(missing_ok=True)
    # Closed to other users from its first byte, and under its name only when complete.
    descriptor = os.open(whole, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as stream:
        stream.write(text)
    whole.rename(path)
