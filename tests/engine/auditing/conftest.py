"""An office of tiny cases that auditors look into."""

import pytest

from engine import Actor, Policy
from tests.engine import tiny
from tests.engine.people import ANN, BEN, OLGA

POLICY = Policy(confidential={"aml": frozenset({"aml"})})
CHIEF = Actor("carl", groups={"aml", "auditor"})
NAME = {"name": {"type": "string", "x-personal": True}, "amount": {"type": "number"}, "topic": {"type": "string"}}


@pytest.fixture
def office(opened):
    """An engine with the process loan, and check whose cases are confidential."""
    engine = opened(policy=POLICY)
    engine.deploy(tiny.one_task(start=NAME), by=OLGA)
    files = tiny.one_task("check", task=tiny.ask("ask", candidateGroups="aml"), process={"confidentiality": "aml"})
    engine.deploy(files, by=OLGA)
    return engine


@pytest.fixture
def begun(office):
    """Start so many cases: `begun(3, topic="fees")`."""

    def begin(count=1, by=ANN, **data):
        return [office.start("loan", data, by=by) for _ in range(count)]

    return begin


@pytest.fixture
def three(office, begun, clock):
    """Three cases: one that Ann finished at once, one that Ben finished a day later, one that is open."""
    first, second, third = begun(3, amount=1200.5, topic="Fees", name="Zhang")
    office.complete(office.tasks(first.id)[0].id, {"approved": True, "note": "all is well"}, by=ANN)
    clock.advance(days=1)
    office.complete(office.tasks(second.id)[0].id, {"approved": False}, by=BEN)
    return first, second, third
