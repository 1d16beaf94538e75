"""What somebody decides about a case beside its diagram: suspend, resume, try again, give up."""

from __future__ import annotations

from datetime import datetime

import pytest
from sqlalchemy import update

from engine import SYSTEM, Actor
from engine.store.tables import job
from tests.webapp.desk import start_inquiry

WHY = {"reason": "The court has asked us to wait"}
CHECKED = {
    "noticeGiven": True,
    "consentRecording": True,
    "identified": True,
    "firstCheck": "CODE",
    "secondCheck": "ID4",
}


@pytest.fixture
def case(visit, engine):
    """An inquiry that has just begun."""
    start_inquiry(visit("li.na"))
    (found,) = engine.cases(Actor("li.na", {"csr"}))
    return found


@pytest.fixture
def broken(case, engine):
    """The case with an incident of a call that failed."""
    from engine.cases.incidents import open_incident

    with engine.database.writing() as connection:
        found = connection.execute(update(job).where(job.c.case_id == int(case.id)).values(run_at=None).returning(job))
        name = ",".join(f"{row.case_id}.{row.seq}.{row.n}" for row in found)
        open_incident(
            connection, int(case.id), "Answer", "the mail server is down", "2026-11-18T01:30:00.000000Z", name
        )
    return engine.case(case.id).incidents[0]


def test_a_case_is_suspended_and_resumed(visit, case, engine):
    lead = visit("wang.lei").open(f"/cases/{case.id}")
    assert lead.links(f"/cases/{case.id}/suspension") and not lead.links(f"/cases/{case.id}/resumption")
    lead.open(f"/cases/{case.id}/suspension")
    assert lead.sees("Stands in the history")
    assert lead.post(f"/cases/{case.id}/suspension", {"reason": "no"}).status == 422
    assert lead.sees("Write why, in at least 5 characters")
    lead.post(f"/cases/{case.id}/suspension", WHY)
    assert lead.sees("is suspended.", "Suspended", "Wang Lei suspended the case", WHY["reason"])
    assert lead.links(f"/cases/{case.id}/resumption") and not lead.links(f"/cases/{case.id}/suspension")
    assert not visit("li.na").open("/inbox").links(f"/tasks/{case.id}.")
    assert lead.open("/cases?status=suspended").sees(case.number)
    assert lead.post(f"/cases/{case.id}/suspension", WHY).status == 409
    lead.open(f"/cases/{case.id}")
    lead.post(f"/cases/{case.id}/resumption", {"reason": "The court has decided"})
    assert lead.sees("goes on.", "Wang Lei resumed the case")
    assert engine.case(case.id).status == "open" and engine.verify(case.id).sound


@pytest.mark.parametrize(("lang", "said"), [("en", "Li Na cancelled the case"), ("zh", "李娜取消了工单")])
def test_who_is_too_late_reads_who_was_first_and_when(visit, case, engine, clock, lang, said):
    """And what he did and why; what was written here is there to be copied."""
    lead, address = visit("wang.lei", lang), f"/cases/{case.id}/suspension"
    lead.open(address)
    engine.cancel(case.id, by=Actor("li.na", {"csr"}), reason="It was called twice")
    at = clock.now()
    clock.advance(minutes=3)
    lead.post(address, WHY)
    assert lead.status == 409 and lead.sees(said, "It was called twice", WHY["reason"], case.number)
    assert [datetime.fromisoformat(at) for at in lead.page.xpath("//main//h2//time/@datetime")] == [at]
    assert set(lead.page.xpath("//input[@name='next']/@value")) == {f"/cases/{case.id}"}
    assert lead.links(f"/cases/{case.id}") and engine.case(case.id).status == "cancelled"
    assert lead.post(address, WHY).status == 409


def test_who_was_first_is_whoever_brought_the_case_there(visit, case, engine):
    """Not who corrected it since; and of a task whoever ended it, not who did something else after that."""
    lead, other = Actor("wang.lei", {"csl"}), Actor("guo.tao", {"csl"})
    (task,) = engine.tasks(case.id)
    visitor = visit("wang.lei").open(f"/cases/{case.id}/tasks/{task.id}/skip")
    engine.suspend(case.id, by=other, reason="An order of the court")
    engine.correct(case.id, {"remark": "x"}, by=lead, reason="The record shows it")
    assert visitor.post(f"/cases/{case.id}/tasks/{task.id}/skip", WHY).status == 409
    assert visitor.sees("Guo Tao suspended the case", "An order of the court", WHY["reason"])
    engine.resume(case.id, by=lead, reason="The court has decided")
    assert visitor.open(f"/cases/{case.id}").post(f"/cases/{case.id}/resumption", WHY).status == 409
    assert visitor.sees("Wang Lei resumed the case")
    engine.complete(task.id, CHECKED, by=Actor("li.na", {"csr"}))
    engine.correct(case.id, {"remark": "y"}, by=lead, reason="The record shows it")
    visitor.open(f"/cases/{case.id}").post(f"/cases/{case.id}/tasks/{task.id}/skip", WHY)
    assert visitor.status == 409 and visitor.sees("Li Na finished Identify the customer", WHY["reason"])
    assert visitor.open(f"/cases/{case.id}/tasks/{task.id}/skip").status == 409 and not visitor.sees("You wrote")


def test_who_may_not(visit, case, engine):
    other = visit("xu.kai").open(f"/cases/{case.id}")
    assert not other.links(f"/cases/{case.id}/suspension")
    for name in ("suspension", "resumption", "incidents/1/retry", "incidents/1/surrender"):
        assert other.open(f"/cases/{case.id}/{name}").status == 404
    other.open("/inbox")
    assert other.post(f"/cases/{case.id}/suspension", WHY).status == 403
    stranger = visit("jiang.li").open("/inbox")
    assert stranger.post(f"/cases/{case.id}/suspension", WHY).status == 404
    assert [step.kind for step in engine.history(case.id)][-1] != "suspended"


def test_an_incident_is_tried_again(visit, case, engine, broken):
    owner = visit("sun.ke").open(f"/cases/{case.id}")
    address = f"/cases/{case.id}/incidents/{broken.id}/retry"
    assert owner.sees("the mail server is down") and owner.links(address)
    owner.open(address)
    owner.post(address, {"reason": "The server is back"})
    assert owner.sees("It is tried again") and engine.case(case.id).incidents == ()
    assert engine.history(case.id)[-1].kind == "retried"
    owner.open("/inbox")
    assert owner.post(address, {"reason": "The server is back"}).status == 404


def test_what_cannot_be_given_up(visit, case, engine, broken):
    owner = visit("sun.ke").open(f"/cases/{case.id}")
    address = f"/cases/{case.id}/incidents/{broken.id}/surrender"
    owner.open(address)
    engine.retry(broken.id, by=SYSTEM)
    assert owner.post(address, {"reason": "Not worth it"}).status == 404
    assert visit("li.na").open(address).status == 404


def test_a_task_of_a_suspended_case_can_be_read_and_says_why_it_rests(visit, case, engine):
    (task,) = engine.tasks(case.id)
    worker = visit("li.na").open(f"/tasks/{task.id}")
    engine.suspend(case.id, by=Actor("wang.lei", {"csl"}), reason=WHY["reason"])
    worker.post(f"/tasks/{task.id}/completion", {"remark": "typed so far"})
    assert worker.status == 409 and worker.sees("The case is suspended. What you typed is kept as your draft")
    assert worker.open(f"/tasks/{task.id}").sees(
        "This case is suspended; its tasks can be done when somebody resumes it."
    )
    assert not worker.page.xpath("//main//button[contains(@class,'primary')]")
    assert not worker.links(f"/tasks/{task.id}/claim")
    assert worker.open(f"/cases/{case.id}").sees("This case is suspended")
    assert visit("li.na", "zh").open(f"/tasks/{task.id}").sees("工单已中止，恢复后才能办理其任务。")
    assert worker.open("/cases?status=suspended").sees(case.number)
    engine.resume(case.id, by=Actor("wang.lei", {"csl"}), reason="The court has decided")
    assert worker.open(f"/tasks/{task.id}").page.xpath("//main//button[contains(@class,'primary')]")
    assert engine.draft(task.id, Actor("li.na", {"csr"})) is not None
