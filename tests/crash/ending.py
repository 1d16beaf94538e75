"""The end of a test on the real application: one worker brings all to rest, everything is checked, the rest is done."""

from __future__ import annotations

from pathlib import Path
from random import Random

from tests.support.shifted import ShiftedClock

from .judging import enough, finish, judge, settle
from .works import Works, beside


def end_well(url: str, folder: Path, shift: Path | None = None) -> None:
    """See that nothing was lost, doubled or forgotten, and that every case can still come to its end."""
    works = Works(url, folder, Random(0), shift)
    worker = works.worker("last")
    worker.start()
    worker.ready()
    with beside(url, folder, ShiftedClock(shift) if shift else None) as engine:
        settle(engine)
        worker.process.terminate()  # as one ends it in earnest: it finishes what it has in hand
        assert worker.process.wait(60) == 0
        counts = judge(engine, folder)
        print(dict(counts))
        enough(counts, "fired", "received", "answered")
        finish(engine)
