"""Web, worker and client processes are killed at random moments under load; nothing that was answered is lost.

`FUNDCASE_KILLS=300 python3 run.py test --slow tests/crash/test_kills.py` kills so many on each database;
`FUNDCASE_CRASH_SEED=7` repeats the choices of a run, as far as a machine repeats itself.
"""

from __future__ import annotations

import os
import threading
from pathlib import Path
from random import Random

import pytest

from .ending import end_well
from .works import Works, numbers, running

KILLS = numbers(os.environ, "FUNDCASE_KILLS", 15)  # on each database
SEED = numbers(os.environ, "FUNDCASE_CRASH_SEED", int.from_bytes(os.urandom(3)))
LONGEST = 0.8  # seconds that a process is left to work
ENOUGH = 60  # kills by which everybody's turn has come: the choice is random


@pytest.mark.slow
def test_nothing_that_was_answered_is_lost_when_processes_are_killed(url: str, tmp_path: Path) -> None:
    print(f"FUNDCASE_CRASH_SEED={SEED}")  # shown where the test fails
    random = Random(SEED)
    works = Works(url, tmp_path, random)
    works.web("web1")
    works.web("web2", worker=True)
    works.worker("worker")
    works.loader("loader")
    works.hire(2)
    with running(works):
        killed = kill(works, random, KILLS)
    assert set(killed) == {process.name for process in works.processes} or len(killed) < ENOUGH
    assert {clerk.faults for clerk in works.clerks} == {0}
    end_well(url, tmp_path)


def kill(works: Works, random: Random, times: int) -> list[str]:
    """Kill one process after the other at random moments, and start each again; the names in their order."""
    killed = []
    for _ in range(times):
        victim = random.choice(works.processes)
        threading.Event().wait(random.uniform(0, LONGEST))  # the moment is what is random
        victim.kill()
        killed.append(victim.name)
        victim.start()
        victim.ready()
    return killed
