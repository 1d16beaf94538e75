"""Workers are killed in the middle of a migration of many cases; each case is moved once, and all are."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest

from engine import SYSTEM
from tests.engine.watching import kinds

from .diagrams import watch
from .waiting import until
from .works import Works, beside

CASES, KILLS = 100, 2


@pytest.mark.slow
def test_a_migration_goes_on_when_its_workers_are_killed(url: str, tmp_path: Path) -> None:
    works = Works(url, tmp_path, Random(6))
    with beside(url, tmp_path) as engine:
        cases = [engine.start("watch", {"token": str(number)}, by=SYSTEM).id for number in range(CASES)]
        old = engine.case(cases[0]).bundle
        files = {path: body.replace('"hear"', '"listen"') for path, body in watch().items()}
        new = engine.deploy(files, by=SYSTEM).bundle
        made = engine.declare(old, new, {"hear": "listen"}, by=SYSTEM)
        batch = engine.migrate_all("watch", by=SYSTEM, reason="renamed", mappings=[made.digest]).id

        def done() -> int:
            return engine.batch_progress(batch, SYSTEM).done

        try:
            for number in range(KILLS):
                worker, before = works.worker(f"worker{number}"), done()
                worker.start()
                until(lambda before=before: done() > before, "the worker moves a case")  # type: ignore[misc]
                worker.kill()
                assert before < done() < CASES, "nothing was left to be killed for"
            last = works.worker("last")
            last.start()
            until(lambda: engine.batch(batch, SYSTEM).state == "done", "the migration is done", 120)
        finally:
            for process in works.processes:
                process.process.kill()
                process.process.wait()
        assert engine.batch_progress(batch, SYSTEM).outcomes == {"moved": CASES}
        for case in cases:
            assert kinds(engine, case) == ["started", "migrated"]
            assert engine.verify(case).problems == ()
