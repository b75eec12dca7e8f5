"""Figures for Prometheus: calls by tool and outcome, requests by status, what is in work."""

import os
from pathlib import Path

from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    disable_created_metrics,
    generate_latest,
)
from prometheus_client.multiprocess import (
    MultiProcessCollector,
    mark_process_dead,  # pyright: ignore[reportUnknownVariableType]
)

SHARED = "PROMETHEUS_MULTIPROC_DIR"
"""The variable that names the folder in which several workers keep their figures."""
_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)


class Metrics:
    """The figures of one worker; shown, they are those of all."""

    def __init__(self) -> None:
        disable_created_metrics()  # type: ignore[no-untyped-call]  # prometheus-client leaves it untyped
        self._registry = CollectorRegistry()
        self._calls = Counter("paramcount_calls", "Calls of tools.", ["tool", "outcome"], registry=self._registry)
        self._seconds = Histogram(
            "paramcount_call_seconds", "Time to answer.", ["tool"], buckets=_SECONDS, registry=self._registry
        )
        self._requests = Counter("paramcount_requests", "HTTP requests.", ["path", "status"], registry=self._registry)
        self.in_work = self._gauge("paramcount_requests_in_work", "HTTP requests that are worked on.")
        self.busy = self._gauge("paramcount_processes_busy", "Processes that answer a call.")
        self.queued = self._gauge("paramcount_calls_waiting", "Calls that wait for a process.")
        self.lost = self._gauge("paramcount_log_lines_lost", "Lines of the log that could not be written.")

        self._request_of: dict[tuple[str, int], Counter] = {}
        self._call_of: dict[tuple[str, str], tuple[Counter, Histogram]] = {}

    def request(self, path: str, status: int) -> None:
        """Count a request. Its series is kept: finding it costs more than counting in it."""
        found = self._request_of.get((path, status))
        if found is None:
            found = self._request_of[path, status] = self._requests.labels(path, str(status))
        found.inc()

    def call(self, tool: str, outcome: str, seconds: float) -> None:
        """Count a call, and how long it took."""
        found = self._call_of.get((tool, outcome))
        if found is None:
            found = self._call_of[tool, outcome] = self._calls.labels(tool, outcome), self._seconds.labels(tool)
        found[0].inc()
        found[1].observe(seconds)

    def _gauge(self, name: str, text: str) -> Gauge:
        return Gauge(name, text, registry=self._registry, multiprocess_mode="livesum")

    def show(self) -> tuple[bytes, str]:
        """Everything in Prometheus's text format, and its content type."""
        folder = os.environ.get(SHARED)
        registry = self._registry
        if folder is not None:
            _bury_the_dead(Path(folder))
            registry = CollectorRegistry()
            MultiProcessCollector(registry)  # type: ignore[no-untyped-call]  # prometheus-client leaves it untyped
        return generate_latest(registry), CONTENT_TYPE_LATEST


def _bury_the_dead(folder: Path) -> None:
    """Drop the gauges of workers that ended."""
    for file in folder.glob("gauge_live*_*.db"):
        process = int(file.stem.rsplit("_", 1)[-1])
        if not Path(f"/proc/{process}").exists() and Path("/proc/self").exists():
            mark_process_dead(process)  # type: ignore[no-untyped-call]  # prometheus-client leaves it untyped
