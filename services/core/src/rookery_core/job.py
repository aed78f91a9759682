"""The edge of a Job: errors become an event and an exit code, once."""

from collections.abc import Callable

import structlog
from pydantic import ValidationError
from pydantic_settings import SettingsError

from rookery_core.errors import Refused, RookeryError


def exit_code(job: Callable[[], object]) -> int:
    """Runs `job`. 0: done. 42: the same input will never work. 1: a retry may help.

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
        # One that is no JSON where it should be; the error's own cause would repeat the value.
        reason = f"{error}; write it as JSON in the environment"
        log.error("failed", error="settings", reason=reason, exit=Refused.exit_code)
        return Refused.exit_code
    except Exception:
        log.exception("failed", exit=1)
        return 1
    return 0


def _settings(error: ValidationError) -> str:
    faults = error.errors(include_url=False, include_input=False, include_context=False)
    said = "; ".join(f"{'.'.join(map(str, fault['loc']))}: {fault['msg']}" for fault in faults)
    return f"the settings of {error.title} are not whole: {said}; set them in the environment"
