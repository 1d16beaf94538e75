"""What stands beside a task: as short for a long history as for a short one, and right after a migration."""

from __future__ import annotations

import pytest

from engine import SYSTEM, Actor
from engine.door import replaying
from engine.history import film as films
from tests.engine import tiny
from tests.engine.spiff.xmls import END, START, line
from tests.support.lengthening import lengthen

LI = Actor("li.na", {"csr"})


@pytest.fixture
def read(monkeypatch):
    """The numbers of the steps that are read."""
    numbers, original = [], replaying.step_of

    def step_of(row):
        numbers.append(row.seq)
        return original(row)

    monkeypatch.setattr(replaying, "step_of", step_of)
    return numbers


def marked(visitor, word):
    """The elements that are marked so in the picture beside a task."""
    path = f"//main//*[local-name()='svg']//*[contains(concat(' ', @class, ' '), ' {word} ')]/@data-id"
    return set(visitor.page.xpath(path))


def test_a_task_of_a_long_case_reads_no_more_than_its_last_steps(visit, engine, read):
    engine.deploy(tiny.rounds(), by=SYSTEM)
    case = engine.start("rounds", by=LI)
    lengthen(engine, case.id, 700, lambda seq: {"approved": False, "note": f"round {seq}"}, by="li.na")
    (task,) = engine.tasks(case.id)
    visitor = visit("li.na").open(f"/tasks/{task.id}")
    assert visitor.sees("round 700") and marked(visitor, "active") == {"ask"} and "back" in marked(visitor, "travelled")
    read.clear()
    visitor.open(f"/tasks/{task.id}")
    assert visitor.sees("round 700") and 6 <= len(read) <= films.CHUNK + 6


def test_the_picture_after_a_migration_knows_what_was_done_by_its_new_name(visit, engine):
    for first in ("check", "inspect"):
        body = START + tiny.ask(first) + tiny.ask("ask") + END + line("start", first, "ask", "end")
        engine.deploy(tiny.bundle("loan", body), by=SYSTEM)
        if first == "check":
            case = engine.start("loan", by=LI)
            engine.complete(engine.tasks(case.id)[0].id, {"approved": True}, by=LI)
    engine.migrate(case.id, by=SYSTEM, reason="a better word", mapping={"check": "inspect"})
    (task,) = engine.tasks(case.id)
    visitor = visit("li.na").open(f"/tasks/{task.id}")
    assert "inspect" in marked(visitor, "done") and marked(visitor, "active") == {"ask"}
    assert "inspect" in marked(visitor.open(f"/cases/{case.id}"), "done")
