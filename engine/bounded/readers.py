"""Warm child processes that read what somebody uploads: handed out one question at a time, ended, replaced.

Whatever a child does, the one who asks goes on: a child that takes too long, takes too much or dies is replaced by
another, and the answer is a finding that says so. A child is started anew, never forked from a process with threads; it
gets no connection, no file and no secret of ours.
"""

from __future__ import annotations

import logging
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from ..model import Finding
from .question import Question
from .wire import packed, read, read_frame, write_frame

try:
    import resource
except ImportError:
    resource = None  # type: ignore[assignment]

ROOT = Path(__file__).resolve().parents[2]
HANDED_ON = ("PATH", "LANG", "LC_ALL", "TZ", "TMPDIR", "SYSTEMROOT", "VIRTUAL_ENV", "PYTHONPATH", "PYTHONHOME")
OUT_OF_TIME = {-int(getattr(signal, name)) for name in ("SIGPROF", "SIGXCPU") if hasattr(signal, name)}
NOT_READ = "not-read"  # the rule of the finding that files took too much
START = 60.0  # seconds until a new child must be ready
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What one upload may cost, and when a child has had enough of them."""

    seconds: float = 2.0  # of processor time
    patience: float = 6.0  # seconds by the clock, for a machine that is busy, or a child that hangs
    megabytes: int = 400  # of memory, more than a child has at its start
    uploads: int = 100  # that one child reads
    grown: int = 250  # megabytes in use from which a child is replaced
    children: int = 2  # that read at the same time


class Unanswered(Exception):
    """No answer came; the message says why."""


class Child:
    """One child process."""

    def __init__(self, limits: Limits) -> None:
        self.limits, self.asked, self.grown, self.ready = limits, 0, False, False
        given = map(str, (limits.seconds, limits.megabytes, limits.uploads))
        self.process = subprocess.Popen(
            [sys.executable, "-m", "engine.bounded.child", *given],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=ROOT,
            env={name: os.environ[name] for name in HANDED_ON if name in os.environ},
        )

    @property
    def usable(self) -> bool:
        """Whether it lives and may be asked again."""
        return self.process.poll() is None and not self.grown and self.asked < self.limits.uploads

    def ask(self, question: Question) -> list[Finding]:
        """The findings; Unanswered where none come, after which the child is dead."""
        if not self.ready:
            self._exchange([], START)
            self.ready = True
        self.asked += 1
        found = self._exchange(packed(question), self.limits.patience)
        self.grown = int.from_bytes(found[:8], "big") > self.limits.grown * 1_000_000
        try:
            return read(found[8:])
        except ValueError:
            self.end()
            raise Unanswered("it could not be done") from None

    def _exchange(self, parts: list[bytes], patience: float) -> bytes:
        """Hand a question over and take what comes back, without the sign in front of it."""
        process, found = self.process, b""
        assert process.stdin and process.stdout
        with self._patient(patience) as late:
            with suppress(OSError):  # who cannot take the question may still say why
                if parts:
                    write_frame(process.stdin, *parts)
            with suppress(OSError, EOFError):
                found = read_frame(process.stdout)
        if found.startswith(b"+") and not late.is_set():
            return found[1:]
        self.end(grace=0 if found else 1)
        if found:
            raise Unanswered(f"it needs more than {self.limits.megabytes} MB of memory")
        if late.is_set() or process.returncode in OUT_OF_TIME:
            raise Unanswered(f"it takes longer than {patience if late.is_set() else self.limits.seconds:g} seconds")
        log.warning("a reader of uploads ended with %s", process.returncode)
        raise Unanswered("it could not be done")

    @contextmanager
    def _patient(self, seconds: float) -> Iterator[threading.Event]:
        """Kill the child when it takes longer than this; the event says whether that was so."""
        late = threading.Event()

        def kill() -> None:
            late.set()
            self.process.kill()

        timer = threading.Timer(seconds, kill)
        timer.daemon = True
        timer.start()
        try:
            yield late
        finally:
            timer.cancel()

    def end(self, grace: float = 0) -> None:
        """End the process, if it does not end by itself so soon, and take leave of it."""
        try:
            self.process.wait(grace)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe is not None:
                with suppress(OSError):
                    pipe.close()


class Readers:
    """Children that read; one is kept warm, and as many as the limits say may be at work."""

    def __init__(self, limits: Limits | None = None) -> None:
        self.limits = limits or Limits()
        self._places = threading.Semaphore(self.limits.children)
        self._lock = threading.Lock()
        self._idle: list[Child] = []
        self._process = os.getpid()
        self._closed = False
        if resource is None:
            log.warning("uploads are bounded by the clock alone: this platform has no limits of memory")

    def __enter__(self) -> Readers:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def __call__(self, question: Question) -> list[Finding]:
        """The findings on the files of a question, or the one that they could not be read within the limits."""
        if not self._places.acquire(timeout=self.limits.patience):
            return [not_read("too much is being read at this moment; try again in a minute")]
        try:
            child = self._taken()
            try:
                return child.ask(question)
            finally:
                self._given_back(child)
        except Unanswered as error:
            return [not_read(str(error))]
        finally:
            self._places.release()

    def warm(self) -> None:
        """Have a child ready, or about to be, so that nobody waits for its start."""
        with self._lock:
            if not self._closed and not self._idle:
                self._idle.append(Child(self.limits))

    def close(self) -> None:
        """End the children; those at work end with their answer."""
        with self._lock:
            self._closed, children, self._idle = True, self._idle, []
        if self._process == os.getpid():
            for child in children:
                child.end()

    def _taken(self) -> Child:
        """A child that lives; those of the process that this one was forked from are not ours."""
        with self._lock:
            if self._process != os.getpid():
                self._process, self._idle = os.getpid(), []
            while self._idle:
                child = self._idle.pop()
                if child.usable:
                    return child
                child.end()
        return Child(self.limits)

    def _given_back(self, child: Child) -> None:
        """Keep a child that may be asked again; let another take the place of one that may not."""
        with self._lock:
            if child.usable and not self._closed:
                self._idle.append(child)
                return
        child.end()
        self.warm()


def not_read(why: str) -> Finding:
    """The finding that nothing was found, because reading took too much."""
    message = f"The files were not read to their end: {why}. Send fewer or simpler files."
    return Finding(severity="error", rule=NOT_READ, file="", message=message, data={"why": why})
