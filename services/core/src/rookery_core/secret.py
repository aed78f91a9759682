"""Secrets of settings: one that is set is not blank."""

from typing import Annotated

from pydantic import AfterValidator, SecretStr
from pydantic_core import PydanticCustomError


def is_blank(secret: str) -> bool:
    """Tells whether the text keeps nobody out: it is empty, or only spaces."""
    return not secret.strip()


def _given(secret: SecretStr) -> SecretStr:
    if is_blank(secret.get_secret_value()):
        raise PydanticCustomError("blank_secret", "the secret is empty or blank; give it a value")
    return secret


GivenSecret = Annotated[SecretStr, AfterValidator(_given)]
"""A secret that is neither empty nor blank: an unset variable of a shell, or an empty entry of a
Secret, is refused."""
