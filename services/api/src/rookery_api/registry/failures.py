"""Failures of a poll or a load: counted by model and reason, and logged."""

import structlog

from rookery_api.base.metrics import Metrics

log = structlog.get_logger()


def report_failure(metrics: Metrics, model: str, reason: str, error: Exception) -> None:
    """Counts and logs an expected error; `model` is empty where it concerns the whole catalog."""
    metrics.refresh_errors.labels(model, reason).inc()
    log.warning("refresh failed", model=model, reason=reason, error=str(error))


def report_unexpected(metrics: Metrics, model: str, error: Exception) -> None:
    """Counts an unexpected error of a load, and logs its traceback."""
    metrics.refresh_errors.labels(model, "internal").inc()
    log.error("load failed", model=model, exc_info=error)
