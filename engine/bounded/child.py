"""The child process: answers one question after the other until nobody asks, and cannot take more than its limits.

    python -m engine.bounded.child SECONDS MEGABYTES UPLOADS

It is started by `readers.py` and is of no use otherwise. Limits of the system end it without its own doing: a timer of
processor time for each question, and for its whole life as much of it as all questions may take; so much memory more
than it has at its start; and no file may be written.
"""

from __future__ import annotations

import os
import signal
import sys
from typing import IO

from ..configuration import Configurations, default_content
from ..operators import Registry
from .question import Question, answer, rehearse
from .wire import read_frame, unpacked, write_frame, written

try:
    import resource
except ImportError:  # not on this platform: the parent's clock is all that bounds us
    resource = None  # type: ignore[assignment]

OK, NO_MEMORY = b"+", b"m"


def main(seconds: float, megabytes: int, uploads: int) -> None:
    """Answer until the input ends."""
    source, out = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever prints does not print into an answer
    configurations = Configurations()
    warm_up(configurations)
    limit(seconds, megabytes, uploads)
    write_frame(out, OK)
    while True:
        try:
            serve(source, out, configurations, seconds)
        except EOFError:
            return
        except MemoryError:
            write_frame(out, NO_MEMORY)
            return


def warm_up(configurations: Configurations) -> None:
    """Read nothing once, so that nothing is imported or compiled during the first question."""
    given = Question(files={}, configuration=configurations.read(default_content()), operators=Registry())
    answer(given)
    rehearse(given)


def serve(source: IO[bytes], out: IO[bytes], configurations: Configurations, seconds: float) -> None:
    """Answer the next question."""
    frame = read_frame(source)
    bounded(seconds)
    question = unpacked(frame, configurations)
    findings = answer(question)
    rehearse(question)
    bounded(0)
    write_frame(out, OK, mapped()[1].to_bytes(8, "big"), written(findings))


def limit(seconds: float, megabytes: int, uploads: int) -> None:
    """Take limits upon this process that it cannot lift again."""
    if resource is None:
        return
    spent = resource.getrusage(resource.RUSAGE_SELF)
    life = int(spent.ru_utime + spent.ru_stime + seconds * uploads) + 2
    size = mapped()[0] + megabytes * 1_000_000
    for what, most in (
        (resource.RLIMIT_CPU, life),
        (resource.RLIMIT_AS, size),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        hard = resource.getrlimit(what)[1]
        most = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(what, (most, most))


def mapped() -> tuple[int, int]:
    """The bytes of memory that are addressed now, and those that are in use; none where the system does not say."""
    try:
        with open("/proc/self/statm", encoding="ascii") as file:
            addressed, used = (int(pages) * os.sysconf("SC_PAGE_SIZE") for pages in file.read().split()[:2])
            return addressed, used
    except OSError:
        return 0, 0


def bounded(seconds: float) -> None:
    """End this process when it has used so much processor time from now on; 0 is for no end."""
    if hasattr(signal, "setitimer"):
        signal.setitimer(signal.ITIMER_PROF, seconds)


if __name__ == "__main__":
    main(float(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
