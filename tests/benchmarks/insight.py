"""What a process's page asks among a million finished cases: against a thousandth of them, against counting them anew.

The sums are those of real cases, each taken many times over weeks, versions, ends and teams; `walk` has a row for each.
So the variety of the rows that a page reads is that of a large office, and their number is what it would be there.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any

from sqlalchemy import bindparam, func, insert, literal_column, select, text

from engine import Engine, FixedClock, open_engine
from engine.insight import Histogram, Part, Where
from engine.insight.adding import write
from engine.insight.asking import months, weeks
from engine.insight.counting import Counted, counted_of, sums_of
from engine.insight.folding import HEAD, clear
from engine.store.tables import case, walk

from .completion import GIVEN, OWNER, STAFF
from .diagrams import FORM, form, line
from .measure import Result, Size, medians, milliseconds
from .places import Place

TASKS = 20
KEY = f"line{TASKS}"
MANY, FEW = "many", "few"  # the same kinds of cases, many times and once
VARIETY = 1_000  # kinds of cases: each is there a thousand times in a million
VERSIONS, WEEKS, OUTCOMES, TEAMS, WAYS = 12, 104, 5, 4, 60
FAR = 10**9  # the first number of the few
LAST = date(2026, 11, 20)
A_DAY = 39_000  # cases that a distributor of middle size begins on a day
BETWEEN = 86_400_000 / A_DAY  # milliseconds between two of them
ONE = select(walk).where(walk.c.case_id == bindparam("case"))


def insight(place: Place, size: Size) -> Iterator[Result]:
    """The page of a process with some finished cases, and with a thousand times as many."""
    kinds = min(VARIETY, size.tasks // 20)
    times = size.tasks // kinds
    with place.fresh() as url, open_engine(url, clock=FixedClock("2026-03-02T01:00:00+00:00")) as engine:
        folding = folded(engine, max(4, size.cases // 4))
        some = varied(engine, kinds)
        with engine.database.writing() as connection:
            clear(connection)
        for name, copies in ((MANY, times), (FEW, 1)):
            fill(engine, some, name, copies)
        page = page_of(engine, MANY)
        large, small, row = medians(size, [page, page_of(engine, FEW), one_row(engine, len(some) * times)])
        plain = min(milliseconds(plainly(engine)) for _ in range(3))
        assert page().cell.tally.cases == count_plainly(engine)
    many = f"{len(some) * times:,}"
    yield Result(
        name=f"folding a case of {TASKS} tasks",
        value=folding,
        against="time between two new cases, 39,000 a day",
        yardstick=BETWEEN,
        aim=0.05,
    )
    yield Result(name=f"reading one of {many} finished cases by its primary key", value=row)
    name = f"all that the page asks of {many} finished cases, 13 weeks"
    yield Result(name=name, value=large, against="that", yardstick=row, aim=100)  # nine questions
    yield Result(name=name, value=large, against=f"the same of {len(some):,}", yardstick=small, aim=1.5)
    if times > 100:  # among few, plain SQL is as good
        yield Result(name=name, value=large, against="counting them by version in plain SQL", yardstick=plain, aim=0.5)


def folded(engine: Engine, cases: int) -> float:
    """The milliseconds that it takes to fold a case, without those in which it was played."""
    engine.deploy({"p.bpmn": line(TASKS), FORM: form()}, by=OWNER)
    for _ in range(cases):
        begun = engine.start(KEY, by=STAFF)
        for _ in range(TASKS):
            (task,) = engine.tasks(begun.id)
            engine.complete(task.id, GIVEN, by=STAFF)
    began = time.perf_counter()
    assert engine.count_finished() == cases
    return (time.perf_counter() - began) * 1000 / cases


def varied(engine: Engine, kinds: int) -> list[Counted]:
    """Walks of real cases under many weeks, versions, ends, teams and ways."""
    chance = random.Random(1)
    with engine.database.reading() as connection:
        rows = connection.execute(select(*HEAD).where(case.c.key == KEY).order_by(case.c.id)).all()
        walks = [one.walk for one in counted_of(engine.context, connection, rows)]
    found = []
    for number in range(kinds):
        weight = chance.betavariate(1, 3)  # most cases are of few versions and go few ways
        said: dict[str, Any] = {
            "id": number,
            "key": KEY,
            "version": 1 + int(VERSIONS * weight),
            "status": "completed",
            "outcome": f"end{int(OUTCOMES * weight)}",
            "confidentiality": "normal",
        }
        day = LAST - timedelta(days=chance.randrange(7 * WEEKS))
        walked = chance.choice(walks)
        elements = (*walked.path.elements, f"way{int(WAYS * chance.betavariate(1, 3))}")
        path = type(walked.path)(elements=elements, flows=walked.path.flows, again=walked.path.again)
        other = type(walked)(
            team=f"team{chance.randrange(TEAMS)}",
            path=path,
            milliseconds=int(chance.lognormvariate(18, 2)),
            late=chance.random() < 0.1,
            parts={id: spread(part, chance) for id, part in walked.parts.items()},
            passed=walked.passed,
        )
        row: Any = SimpleNamespace(**said, ended_at=f"{day}T03:00:00.000000Z")
        found.append(Counted(row=row, walk=other, day=day))
    return found


def spread(part: Part, chance: random.Random) -> Part:
    """What happened at an element, with times as different as they are in an office: from seconds to weeks."""

    def some(times: Histogram) -> Histogram:
        return Histogram.of(int(chance.lognormvariate(16, 2)) for _ in range(times.n))

    counted = {"times": part.times, "cases": part.cases, "again": part.again}
    return Part(**counted, waiting=some(part.waiting), working=some(part.working))


def fill(engine: Engine, some: Sequence[Counted], key: str, times: int) -> None:
    """Write the sums of these walks taken so many times as those of a process, and as many rows of cases."""
    for one in some:
        one.row.key = key
    sums = sums_of(some)
    first = 1 if key == MANY else FAR
    with engine.database.writing() as connection:
        write(connection, sums, times)
        connection.execute(insert(walk), [{**row, "case_id": first + number} for number, row in enumerate(sums.rows)])
        numbers = (
            "WITH RECURSIVE n (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < :times - 1) SELECT n FROM n"
        )
        if times > 1:
            copied = text(numbers).bindparams(times=times).columns(literal_column("n")).subquery("n")
            others = [column for column in walk.c if column.name != "case_id"]
            rows = select((walk.c.case_id + copied.c.n * len(some)).label("case_id"), *others).select_from(
                walk.join(copied, text("1 = 1"))
            )
            connection.execute(insert(walk).from_select(["case_id", *(one.name for one in others)], rows))


def page_of(engine: Engine, key: str) -> Callable[[], Any]:
    """All questions that the page asks, of 13 weeks; and the ways of a year, and all time."""
    where = Where(key=key, periods=weeks(LAST, 13))

    def run() -> Any:
        with engine.one_moment():
            engine.insight_choices(key)
            engine.insight_ways(where, limit=12)
            engine.insight_by_version(where, range(1, VERSIONS + 1))
            engine.insight_by_period(where)
            engine.standing(key)
            engine.insight_ways(Where(key=key, periods=months(LAST, 12)), limit=12)
            engine.insight(where)
            return engine.insight(Where(key=key))

    return run


def one_row(engine: Engine, cases: int) -> Callable[[], object]:
    """Read a case that was counted by its key."""
    chance = random.Random(2)

    def run() -> None:
        with engine.database.reading() as connection:
            connection.execute(ONE, {"case": 1 + chance.randrange(cases)}).one()

    return run


def plainly(engine: Engine) -> Callable[[], object]:
    """Count all cases by version, and how long they took."""
    asked = select(walk.c.version, func.count(), func.avg(walk.c.milliseconds))
    asked = asked.where(walk.c.key == MANY).group_by(walk.c.version)

    def run() -> None:
        with engine.database.reading() as connection:
            connection.execute(asked).all()

    return run


def count_plainly(engine: Engine) -> int:
    """How many cases there are, by their rows."""
    with engine.database.reading() as connection:
        return int(connection.execute(select(func.count()).where(walk.c.key == MANY)).scalar_one())
