"""Crews: the same race in threads and in processes, on each kind of database."""

import pytest

from tests.engine.concurrency.racing import OPERATORS, Crew, Processes, Threads

FEW, MANY = 3, 10  # rounds of each race: in the fast run, and in the slow one
FAST = ("processes", "postgres")  # who races in the fast run, and on what: where most can go wrong


def pytest_collection_modifyitems(items):
    """Leave the other crews to the slow run."""
    for item in items:
        given = getattr(item, "callspec", None)
        if given and "crew" in given.params and (given.params["crew"], given.params["ready_url"]) != FAST:
            item.add_marker("slow")


@pytest.fixture(scope="session")
def processes():
    """Processes that are started once and wait for orders."""
    crew = Processes()
    yield crew
    crew.stop()


@pytest.fixture(params=["threads", "processes"])
def crew(request, opened, ready_url, clock):
    """A crew on the test's database; every case must verify and replay when the test is over (see `opened`)."""
    engine = opened(operators=OPERATORS)
    rounds = range(MANY if request.config.getoption("--slow") else FEW)
    if request.param == "threads":
        yield Crew(engine, clock, Threads(engine), rounds)
    else:
        members = request.getfixturevalue("processes")
        members.open(ready_url)
        yield Crew(engine, clock, members, rounds)
        members.shut()
