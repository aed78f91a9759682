"""What `prepare` reads from the environment, most of it the server's own variables."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from rookery_core.errors import Refused
from rookery_core.settings import S3Settings

USERS = ("admin", "trainer", "api", "notebook")
FORMS_KEY = "MLFLOW_FLASK_SERVER_SECRET_KEY"
SECRETS = ("PGPASSWORD", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")


@dataclass(frozen=True)
class Settings:
    """Where the database and the object store are, and who may call MLflow."""

    database_uri: str
    """MLFLOW_BACKEND_STORE_URI, without a password: that is libpq's PGPASSWORD."""
    store: S3Settings
    """MLFLOW_S3_ENDPOINT_URL, AWS itself where absent; AWS_DEFAULT_REGION, by default us-east-1.
    Keys come from AWS_*, by boto3."""
    bucket: str
    """The bucket of MLFLOW_ARTIFACTS_DESTINATION."""
    wait: float
    """ROOKERY_WAIT_SECONDS: seconds until everything that is waited for must be there, 600."""
    passwords: Mapping[str, str]
    """By user, ROOKERY_USER_<NAME>_PASSWORD: all or, without authentication, none. With them the
    server needs MLFLOW_FLASK_SERVER_SECRET_KEY."""

    @classmethod
    def of(cls, environment: Mapping[str, str]) -> "Settings":
        """Reads the settings from these variables.

        Raises:
            Refused: one is missing, a secret is blank, or artifacts would not go to S3.
        """
        _check_secrets(environment)
        destination = urlsplit(_required(environment, "MLFLOW_ARTIFACTS_DESTINATION"))
        if destination.scheme != "s3" or not destination.netloc:
            raise Refused("MLFLOW_ARTIFACTS_DESTINATION names no bucket; give s3://BUCKET")
        return cls(
            database_uri=_required(environment, "MLFLOW_BACKEND_STORE_URI"),
            store=S3Settings(
                endpoint_url=environment.get("MLFLOW_S3_ENDPOINT_URL") or None,
                region=environment.get("AWS_DEFAULT_REGION") or "us-east-1",
            ),
            bucket=destination.netloc,
            wait=float(environment.get("ROOKERY_WAIT_SECONDS") or 600),
            passwords=_passwords(environment),
        )


def _required(environment: Mapping[str, str], name: str) -> str:
    value = environment.get(name)
    if not value:
        raise Refused(f"{name} is not set; the chart sets it, so use its pod")
    return value


def _passwords(environment: Mapping[str, str]) -> dict[str, str]:
    names = {user: f"ROOKERY_USER_{user.upper()}_PASSWORD" for user in USERS}
    if not environment.keys() & {*names.values()}:
        return {}
    given = {user: environment.get(name, "") for user, name in names.items()}
    missing = [user for user, password in given.items() if not password.strip()]
    if missing:
        raise Refused(
            f"users {missing} have no password, or a blank one; give one key of the Secret for each"
        )
    # Whoever knows it can sign what the server's forms trust.
    if not environment.get(FORMS_KEY, "").strip():
        raise Refused(f"{FORMS_KEY} is missing or blank; give the Secret's key flask-secret-key")
    return given


def _check_secrets(environment: Mapping[str, str]) -> None:
    """Refuses blank secrets, for which boto3 and libpq would look elsewhere."""
    blank = [name for name in SECRETS if name in environment and not environment[name].strip()]
    if blank:
        raise Refused(f"{', '.join(blank)}: empty or blank; give the keys of the Secrets a value")
