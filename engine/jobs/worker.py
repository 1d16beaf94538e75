"""A worker: runs what is due, then waits for a while; as many as you like, in threads or processes."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

from ..errors import EngineError

PAUSE = 0.5  # seconds between two looks when nothing was due
LONGEST_PAUSE = 15.0  # when the database cannot be reached
MOST_DOUBLED = 5  # failures after which the pause grows no longer

log = logging.getLogger(__name__)


class Worker:
    """Calls `run_due` until it is stopped; a fault is logged and waited out, never the end."""

    def __init__(self, run_due: Callable[[int], int], pause: float = PAUSE, batch: int = 20) -> None:
        self._run_due, self._pause, self._batch = run_due, pause, batch
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    def run(self) -> None:
        """Work in this thread until `stop` is called."""
        failures = 0
        while not self._stop.is_set():
            try:
                worked, failures = self._run_due(self._batch), 0
            except EngineError as error:
                worked, failures = 0, failures + 1
                log.warning("the worker waits: %s", error)
            except Exception:
                worked, failures = 0, failures + 1
                log.exception("the worker met a fault and goes on")
            if not worked:
                self._stop.wait(min(self._pause * 2 ** min(failures, MOST_DOUBLED), LONGEST_PAUSE))

    def start(self) -> Worker:
        """Work in a thread of its own."""
        self._thread = threading.Thread(target=self.run, name="worker", daemon=True)
        self._thread.start()
        return self

    def stop(self, timeout: float = 10.0) -> None:
        """Finish the job in hand and stop."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join(timeout)
