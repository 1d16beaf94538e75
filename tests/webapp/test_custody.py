"""Legal holds and what became of personal values, on the page of a case."""

from __future__ import annotations

import pytest

from engine import SYSTEM, Actor
from tests.webapp.desk import start_inquiry

WHY = {"reason": "A lawsuit of the customer"}
DPO = Actor("tan.xin", {"dpo"})


@pytest.fixture
def case(visit, engine):
    """An inquiry that has just begun."""
    start_inquiry(visit("li.na"), caller="13800138000")
    (found,) = engine.cases(Actor("li.na", {"csr"}))
    return found


def test_a_hold_is_placed_and_released(visit, case, engine):
    keeper = visit("tan.xin").open(f"/cases/{case.id}")
    assert keeper.links(f"/cases/{case.id}/hold") and not keeper.links(f"/cases/{case.id}/release")
    assert keeper.open(f"/cases/{case.id}/hold").sees("whatever retention says", "Stands in the history")
    assert keeper.post(f"/cases/{case.id}/hold", {"reason": "no"}).status == 422
    keeper.post(f"/cases/{case.id}/hold", WHY)
    assert keeper.sees("is under a legal hold.", "Legal hold", "Tan Xin placed a legal hold", WHY["reason"])
    assert visit("li.na").open(f"/cases/{case.id}").sees("Placed by Tan Xin")
    assert visit("tan.xin", "zh").open(f"/cases/{case.id}").sees("法律保全", "谭欣设置了法律保全")
    assert keeper.open(f"/cases/{case.id}/hold").status == 404
    assert keeper.post(f"/cases/{case.id}/hold", WHY).status == 409
    keeper.open(f"/cases/{case.id}")
    keeper.post(f"/cases/{case.id}/release", WHY)
    assert keeper.sees("is under a legal hold no more.", "Tan Xin released the legal hold")
    assert not keeper.sees("Placed by")
    assert engine.hold_on(case.id) is None and engine.verify(case.id).sound


def test_who_may_not(visit, case, engine):
    for person in ("li.na", "wang.lei", "sun.ke"):
        one = visit(person).open(f"/cases/{case.id}")
        assert not one.links(f"/cases/{case.id}/hold")
        assert one.open(f"/cases/{case.id}/hold").status == 404
        assert one.open(f"/cases/{case.id}").post(f"/cases/{case.id}/hold", WHY).status == 403
    assert engine.hold_on(case.id) is None


def personal(engine, case):
    """The first personal value of a case."""
    from engine.store.vault import references

    return next(references(dict(engine.case(case.id).data)))


@pytest.mark.parametrize(
    ("disposition", "said", "zh"),
    [
        ("erased", "Erased on", "清除"),
        ("anonymised", "Anonymised on", "匿名化"),
        ("restricted", "Restricted on", "限制"),
    ],
)
def test_the_page_says_what_became_of_a_value(visit, case, engine, disposition, said, zh):
    reference = personal(engine, case)
    link = f"/cases/{case.id}/personal/{reference['$vault']}"
    assert visit("li.na").open(f"/cases/{case.id}").links(link)
    engine.dispose(case.id, disposition, under="DT-10", by=DPO, reason="the customer asked")
    clerk = visit("li.na").open(f"/cases/{case.id}")
    assert clerk.sees(said, "by Tan Xin under DT-10", "personal data under DT-10") and not clerk.links(link)
    assert visit("li.na", "zh").open(f"/cases/{case.id}").sees(zh, "DT-10")
    task = engine.tasks(case.id)[0]
    assert visit("li.na").open(f"/tasks/{task.id}").sees(said)
    restricted = disposition == "restricted"
    assert clerk.open(link).post(link, {"reason": "to call back"}).status == (403 if restricted else 200)
    keeper = visit("tan.xin").open(f"/cases/{case.id}")
    assert bool(keeper.links(link)) is restricted
    keeper.open(link).post(link, {"reason": "asked by the court"})
    value = engine.reveal(reference, SYSTEM, reason="test")
    assert keeper.sees(str(value)) if restricted else keeper.sees("This value was erased")
    assert engine.verify(case.id).sound
