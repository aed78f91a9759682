"""Metrics for Prometheus (https://prometheus.io/docs/practices/naming/)."""

import platform

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    Info,
    ProcessCollector,
    disable_created_metrics,
)

from rookery_api.base.exposition_format import ExpositionFormat

SECONDS = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10)


class Metrics:
    """The series of one process, in a registry of their own."""

    def __init__(self, version: str) -> None:
        """Makes the series of an API of that version.

        No series has a `_created` beside it, which would be a third of all: Prometheus sees by
        itself when a counter begins again.
        """
        disable_created_metrics()
        self._registry = CollectorRegistry()
        ProcessCollector(registry=self._registry)
        Info("rookery_api_build", "The API's version, and Python's.", registry=self._registry).info(
            {"version": version, "python_version": platform.python_version()}
        )
        self._observed: dict[tuple[str, int], tuple[Counter, Histogram]] = {}
        self._answered_for: dict[tuple[str, int], Counter] = {}
        self._asked: dict[tuple[str, int], Counter] = {}
        self._predicted: dict[tuple[str, str], Counter] = {}
        self.requests = Counter(
            "rookery_api_requests",
            "Requests answered, by route and status.",
            ["route", "status"],
            registry=self._registry,
        )
        self._model_requests = Counter(
            "rookery_api_model_requests",
            "Requests for predictions answered, by model of the catalog and class of status, 5xx.",
            ["model", "status_class"],
            registry=self._registry,
        )
        self._key_requests = Counter(
            "rookery_api_key_requests",
            "Requests with a known key, by the key's name and the answer's status.",
            ["key", "status"],
            registry=self._registry,
        )
        self.seconds = Histogram(
            "rookery_api_request_seconds",
            "Time from the request's headers to the end of its answer.",
            ["route"],
            buckets=SECONDS,
            registry=self._registry,
        )
        self.in_flight = Gauge(
            "rookery_api_requests_in_flight", "Requests under way.", registry=self._registry
        )
        self._predictions = Counter(
            "rookery_api_predictions",
            "Rows answered, by model and predicted class; the class of a number is empty.",
            ["model", "class"],
            registry=self._registry,
        )
        self.champion_version = Gauge(
            "rookery_api_champion_version",
            "The model version that is served; absent without one.",
            ["model"],
            registry=self._registry,
        )
        self.champion_current = Gauge(
            "rookery_api_champion_current",
            "1: the version served is the one the registry's alias names; 0: it is not.",
            ["model"],
            registry=self._registry,
        )
        self.swaps = Counter(
            "rookery_api_swaps", "Champions loaded and flipped.", ["model"], registry=self._registry
        )
        self.load_begun = Gauge(
            "rookery_api_load_begun_timestamp_seconds",
            "When the load of a version that is under way began; absent without one.",
            ["model"],
            registry=self._registry,
        )
        self.refresh_errors = Counter(
            "rookery_api_refresh_errors",
            "Looks at the registry that failed, by model and reason: unavailable, refused,"
            " alias_missing, cache, catalog (a spec that is none; no model where it is the folder),"
            " internal (no model; the log says why).",
            ["model", "reason"],
            registry=self._registry,
        )
        self.registry_answered = Gauge(
            "rookery_api_registry_last_answer_timestamp_seconds",
            "When the registry last answered about the model.",
            ["model"],
            registry=self._registry,
        )
        self.spec_valid = Gauge(
            "rookery_api_spec_valid",
            "1: the model's spec is valid; 0: it is not, and /models says why.",
            ["model"],
            registry=self._registry,
        )
        self.cut = Counter(
            "rookery_api_connections_cut",
            "Connections closed for their caller's slowness, size or number.",
            ["reason"],
            registry=self._registry,
        )

    def observe(self, route: str, status: int, seconds: float) -> None:
        """Counts a request that has been answered."""
        series = self._observed.get((route, status))
        if series is None:
            series = (self.requests.labels(route, str(status)), self.seconds.labels(route))
            self._observed[route, status] = series
        series[0].inc()
        series[1].observe(seconds)

    def answered_for(self, model: str, status: int) -> None:
        """Counts an answered request for predictions of that model."""
        number = status // 100
        series = self._answered_for.get((model, number))
        if series is None:
            series = self._model_requests.labels(model, f"{number}xx")
            self._answered_for[model, number] = series
        series.inc()

    def asked(self, key: str, status: int) -> None:
        """Counts an answered request of the key of that name."""
        series = self._asked.get((key, status))
        if series is None:
            series = self._asked[key, status] = self._key_requests.labels(key, str(status))
        series.inc()

    def predicted(self, model: str, label: str, rows: int) -> None:
        """Counts rows that were given the label; it is empty where the answer is a number."""
        series = self._predicted.get((model, label))
        if series is None:
            series = self._predicted[model, label] = self._predictions.labels(model, label)
        series.inc(rows)

    def exposition(self, chosen: ExpositionFormat) -> bytes:
        """Writes all series in the format."""
        return chosen.write(self._registry)

    def forget(self, model: str) -> None:
        """Removes the gauges of a model that is no longer in the catalog."""
        for gauge in (
            self.champion_version,
            self.champion_current,
            self.registry_answered,
            self.spec_valid,
        ):
            gauge.remove_by_labels({"model": model})
