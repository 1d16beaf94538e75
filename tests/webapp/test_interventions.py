"""What somebody decides about a case beside its diagram: suspend, resume, try again, give up."""

from __future__ import annotations

import pytest
from sqlalchemy import update

from engine import SYSTEM, Actor
from engine.store.tables import job
from tests.webapp.desk import start_inquiry

WHY = {"reason": "The court has asked us to wait"}


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
