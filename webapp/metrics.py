"""What Prometheus is told: steps, jobs and requests of this process, and how much waits in the database.

Counters belong to a process and are added up by whoever asks all of them. Where several processes answer on one port
(gunicorn), PROMETHEUS_MULTIPROC_DIR names a folder in which they keep their counters together. What waits is asked
of the database when somebody looks, by a few bounded counts, and is the same whichever process answers.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from hmac import compare_digest
from typing import TYPE_CHECKING, Any

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.multiprocess import MultiProcessCollector

from engine.canonical import instant
from engine.errors import Unavailable
from engine.observing import JobSeen, Seen, StepSeen

if TYPE_CHECKING:
    from engine import Engine

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
TOGETHER = "PROMETHEUS_MULTIPROC_DIR"
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
GAUGES = {
    "jobs_due": "Timers and jobs that are due and not done.",
    "jobs_parked": "Jobs that failed and wait for a person.",
    "incidents_open": "Incidents that nobody has closed.",
    "tasks_open": "User tasks that wait for somebody.",
    "messages_waiting": "Messages that nobody has waited for yet.",
}


class Metrics:
    """The counters of one process."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        given: dict[str, Any] = {"registry": self.registry}
        timed = given | {"buckets": SECONDS}
        self._steps = Histogram("fundcase_step_seconds", "Steps, from the wait for the lock on.", ["kind"], **timed)
        self._jobs = Histogram("fundcase_job_seconds", "Jobs that were run.", ["kind", "outcome"], **timed)
        self._requests = Counter("fundcase_http_requests", "Requests.", ["method", "route", "status"], **given)
        self._answers = Histogram("fundcase_http_request_seconds", "Requests.", ["route"], **timed)

    def observe(self, seen: Seen) -> None:
        """Count a step or a job."""
        match seen:
            case StepSeen():
                self._steps.labels(seen.kind).observe(seen.seconds)
            case JobSeen():
                self._jobs.labels(seen.kind, seen.outcome).observe(seen.seconds)

    def request(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count a request, by the pattern of its address and never by the address."""
        self._requests.labels(method if method in METHODS else "other", route, str(status)).inc()
        self._answers.labels(route).observe(seconds)

    def render(self, engine: Engine) -> bytes:
        """Everything in the format that Prometheus reads."""
        registry = self.registry
        if TOGETHER in os.environ:
            registry = CollectorRegistry()
            MultiProcessCollector(registry)
        return generate_latest(registry) + generate_latest(_database(engine))


class Waiting:
    """What waits in a database, asked anew for every look."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """The gauges; of a database that cannot be reached only that."""
        try:
            load, up = self._engine.load(), 1
        except Unavailable:
            load, up = None, 0
        yield GaugeMetricFamily("fundcase_database_up", "Whether the database answers.", value=up)
        if load is None:
            return
        for name, help in GAUGES.items():
            yield GaugeMetricFamily(f"fundcase_{name}", help, value=getattr(load, name))
        since = instant(load.oldest_due) if load.oldest_due else None
        age = (self._engine.context.now() - since).total_seconds() if since else 0.0
        yield GaugeMetricFamily("fundcase_jobs_oldest_due_seconds", "How long the oldest due job waits.", value=age)


def _database(engine: Engine) -> CollectorRegistry:
    registry = CollectorRegistry()
    registry.register(Waiting(engine))  # type: ignore[arg-type]
    return registry


def may_look(token: str, headers: Mapping[str, str]) -> bool:
    """Whether a request carries the token; without one nobody may look."""
    given = headers.get("Authorization", "").removeprefix("Bearer ")
    return bool(token) and compare_digest(given.encode(), token.encode())
