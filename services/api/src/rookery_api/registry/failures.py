"""Failures of a poll or a load: counted by model and reason, and logged."""

import structlog

from rookery_api.base.metrics import Metrics

log = structlog.get_logger()


def report_failure(metrics: Metrics, model: str, reason: str, error: Exception) -> None:
    """Counts and logs an error that was foreseen; `model` is empty where it is the catalog's."""
    metrics.refresh_errors.labels(model, reason).inc()
    log.warning("refresh failed", model=model, reason=reason, error=str(error))


def report_unexpected(metrics: Metrics, model: str, error: Exception) -> None:
    """Counts an error of a load that nobody foresaw, and logs its traceback."""
    metrics.refresh_errors.labels(model, "internal").inc()
    log.error("load failed", model=model, exc_info=error)
