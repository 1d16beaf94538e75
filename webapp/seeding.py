"""Fills an empty database with a demo that is alive: people, customers, funds, and cases that the engine plays."""

from __future__ import annotations

import sys
from datetime import UTC, datetime, timedelta

from tqdm import tqdm

from engine import FixedClock, Refusal
from workflows.calendar import business_date
from workflows.demo import play, seed_base

from .bootstrap import Settings, install, open_product

SEED = 20261121
BEGUN = 0.56  # of all cases; the others come out of them: orders of recommendations, surveys, feedback, call-backs


def seed(settings: Settings, *, cases: int, days: int, seed: int = SEED, now: datetime | None = None) -> int:
    """Play about so many cases of the last days through the engine, with its clock moved; how many there are then."""
    now = now or datetime.now(UTC).replace(microsecond=0)
    clock = FixedClock(now - timedelta(days=days))
    with open_product(settings, clock) as engine:
        if engine.case_ids():
            raise Refusal("There are cases in this database; sample data go into an empty one.")
        install(engine)
        with engine.database.writing() as connection:
            seed_base(connection, seed, today=business_date(now))
        with tqdm(total=100, desc="Playing the last days", unit="%", file=sys.stdout, bar_format=BAR) as bar:
            play(
                engine,
                clock,
                cases=max(round(cases * BEGUN), 1),
                days=days,
                seed=seed,
                progress=lambda part: bar.update(int(part * 100) - bar.n),
            )
        return len(engine.case_ids())


BAR = "{desc}: {percentage:3.0f}% |{bar:30}|"
