"""The edge of a Job: an error becomes one event and one exit code."""

from collections.abc import Callable

import structlog
from pydantic import ValidationError
from pydantic_settings import SettingsError

from rookery_core.errors import Refused, RookeryError
from rookery_core.lasting_failure import is_lasting


def run_job(job: Callable[[], object]) -> int:
    """Runs a job; returns its exit code.

    0: done. 42: the same input will never work. 1: a retry may help.

    An error that Rookery cannot explain is logged with its traceback and counts as 1.
    """
    log = structlog.get_logger()
    try:
        job()
    except RookeryError as error:
        log.error("failed", error=type(error).__name__, reason=str(error), exit=error.exit_code)
        return error.exit_code
    except ValidationError as error:
        # Settings are read within the job; every other input has its own words by now.
        log.error("failed", error="settings", reason=_settings(error), exit=Refused.exit_code)
        return Refused.exit_code
    except SettingsError as error:
        # A value that should be JSON. The error's own cause is left out: it repeats the value.
        reason = f"{error}; write it as JSON in the environment"
        log.error("failed", error="settings", reason=reason, exit=Refused.exit_code)
        return Refused.exit_code
    except Exception as error:
        if not is_lasting(error):
            log.exception("failed", exit=1)
            return 1
        reason = f"the database refuses every time: {_database(error)}; mend what it names"
        log.error("failed", error="database", reason=reason, exit=Refused.exit_code)
        return Refused.exit_code
    return 0


def _database(error: Exception) -> str:
    """Returns the server's own words, without the statement that SQLAlchemy adds."""
    return " ".join(str(getattr(error, "orig", error)).split())


def _settings(error: ValidationError) -> str:
    faults = error.errors(include_url=False, include_input=False, include_context=False)
    said = "; ".join(f"{'.'.join(map(str, fault['loc']))}: {fault['msg']}" for fault in faults)
    return f"the settings of {error.title} are not whole: {said}; set them in the environment"
