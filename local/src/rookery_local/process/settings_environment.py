"""Settings as the environment variables that they are read from."""

from pydantic import SecretStr
from pydantic_settings import BaseSettings


def environment_of(settings: BaseSettings) -> dict[str, str]:
    """Makes the variables from which a child reads equal settings; leaves out None."""
    prefix = settings.model_config.get("env_prefix", "")
    found: dict[str, str] = {}
    for name in type(settings).model_fields:
        value = getattr(settings, name)
        if value is not None:
            text = value.get_secret_value() if isinstance(value, SecretStr) else str(value)
            found[f"{prefix}{name}".upper()] = text
    return found
