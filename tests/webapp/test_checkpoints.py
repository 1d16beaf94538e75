"""The page of checkpoints: when the last was, whether all that is sealed is as it was, and where it is not."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from tests.engine.watching import unguarded
from tests.webapp.desk import start_inquiry

PAGE, VERIFICATION = "/audit/checkpoints", "/audit/checkpoints/verification"


@pytest.fixture
def case(visit, engine):
    """A case that has been started."""
    start_inquiry(visit("li.na"), caller="19900001234")
    (found,) = engine.cases()
    return found


def test_nothing_is_sealed_yet(visit):
    assert visit("he.jing").open(PAGE).sees("Nothing is sealed yet")


def test_what_is_sealed_is_as_it_was(visit, case, engine):
    made = engine.seal()
    auditor = visit("he.jing").open(PAGE)
    assert auditor.sees("Last sealed: ", made.key[:16], made.said["root"][:16])
    assert auditor.post(VERIFICATION).sees("All that is sealed is as it was", "No case has gone on")
    assert visit("he.jing", "zh").open(PAGE).post(VERIFICATION).sees("已封存的内容均未改动")


def test_what_is_gone_is_named(visit, case, engine):
    engine.seal()
    with unguarded(engine) as connection:
        connection.execute(text("DELETE FROM step WHERE case_id = :id AND seq = 1"), {"id": int(case.id)})
    found = visit("he.jing").open(PAGE).post(VERIFICATION)
    assert found.sees("is not as it was sealed", "sealed step missing", "checkpoint 1")
    assert f"/cases/{case.id}" in found.links("/cases/")


def test_who_does_not_read_every_case_does_not_come_in(visit):
    assert visit("li.na").open(PAGE).status in (403, 404)
