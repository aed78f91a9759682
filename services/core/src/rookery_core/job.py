"""The edge of a Job: errors become an event and an exit code, once."""

from collections.abc import Callable

import structlog

from rookery_core.errors import RookeryError


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
    except Exception:
        log.exception("failed", exit=1)
        return 1
    return 0
