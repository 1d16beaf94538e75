"""The pages behind a customer's links: one question, answered once, by who has the link."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import urlsplit

import pytest

from engine import Actor
from tests.webapp.desk import ANSWER, IDENTIFY, NEED, complete, start_inquiry, walk_to
from workflows.links import Links
from workflows.outbox import repository as outbox

ANN = Actor("li.na", {"csr"})


@pytest.fixture
def asked(visit, engine):
    """The paths of the links by the message that each sends, after an inquiry was answered."""
    visitor = visit("li.na")
    complete(visitor, walk_to(visitor, IDENTIFY, NEED), ANSWER)
    engine.run_due()
    with engine.database.reading() as connection:
        message = outbox.newest(connection, to_staff=False)[0]
    return {link.message: urlsplit(link.url).path for link in message.links}


def received(engine):
    (case,) = engine.cases(ANN)
    return [step.input for step in engine.history(case.id) if step.kind == "received"]


def test_opening_the_link_changes_nothing(visit, asked, engine):
    nobody = visit().open(asked["answer_clear"])
    assert nobody.status == 200
    assert nobody.sees("Is this answer clear to you?", ANSWER["answerText"]) or nobody.sees("以上答复是否清楚？")
    assert nobody.response.headers["Referrer-Policy"] == "same-origin"
    assert received(engine) == []


@pytest.mark.parametrize(("pressed", "sent"), [("answer_clear", "answer_clear"), ("answer_clear", "answer_unclear")])
def test_the_answer_goes_to_the_case_once(visit, asked, engine, pressed, sent):
    nobody = visit()
    nobody.open(asked[pressed])
    nobody.post(asked[pressed], {"answer": sent, "comment": "Thank you, that helped"})
    assert nobody.status == 200
    (given,) = received(engine)
    assert given["message"] == sent
    assert "$vault" in given["payload"]["comment"]
    again = visit()
    assert again.open(asked["answer_unclear"]).sees("This question is answered already") or again.sees("此问题已答复")
    again.post(asked["answer_unclear"], {"answer": "answer_unclear"})
    assert len(received(engine)) == 1


def test_the_customer_reads_his_own_language_unless_he_chooses(visit, asked, engine):
    nobody = visit()
    tag = nobody.open(asked["answer_clear"]).page.get("lang")
    other = "en" if tag == "zh-CN" else "zh"
    nobody.post("/settings/language", {"lang": other, "next": asked["answer_clear"]})
    assert nobody.page.get("lang") == {"en": "en", "zh": "zh-CN"}[other]
    assert nobody.path == asked["answer_clear"]


def test_a_link_runs_out(visit, asked, clock):
    clock.advance(days=31)
    nobody = visit().open(asked["answer_clear"])
    assert nobody.status == 410
    assert nobody.sees("This link has run out")
    assert nobody.post(asked["answer_clear"], {"answer": "answer_clear"}).status in (400, 410)


@pytest.mark.parametrize(
    "damage",
    [
        lambda path: path[:-3],
        lambda path: path + "x",
        lambda path: "/answer/x",
        lambda path: path[:9] + "A" + path[10:],
    ],
)
def test_a_broken_link(visit, asked, damage):
    nobody = visit().open(damage(asked["answer_clear"]))
    assert nobody.status == 404
    assert nobody.sees("This link is not complete")


def test_a_link_of_another_installation(visit, asked, clock):
    forged = Links("another secret of 16 bytes", "http://localhost", now=clock.now)
    url = forged.make("1", "answer_clear", "C000001", question="q", at=clock.now())
    assert visit().open(urlsplit(url).path).status == 404


def test_a_question_that_nobody_waits_for_any_more(visit, asked, engine):
    (case,) = engine.cases(ANN)
    engine.cancel(case.id, by=ANN, reason="The customer called")
    nobody = visit().open(asked["answer_clear"])
    assert nobody.status == 410
    assert nobody.sees("The question is closed") or nobody.sees("此问题已关闭")


def test_an_answer_that_is_none_of_the_question(visit, asked, engine):
    nobody = visit()
    nobody.open(asked["answer_clear"])
    assert nobody.post(asked["answer_clear"], {"answer": "reply_accepted"}).status == 404
    assert received(engine) == []


def test_too_long_a_comment_comes_back(visit, asked):
    nobody = visit()
    nobody.open(asked["answer_clear"])
    nobody.post(asked["answer_clear"], {"answer": "answer_clear", "comment": "x" * 1001})
    assert nobody.status == 422
    assert nobody.value("f-comment") == "x" * 1001
    assert nobody.problems()


def test_the_phone_shows_what_was_sent_with_its_links(visit, asked):
    phone = visit().open("/phone")
    assert set(phone.links("/answer/")) == set(asked.values())


def test_the_outbox_is_for_who_watches_over_it(visit, asked):
    lead = visit("wang.lei").open("/outbox")
    assert lead.sees("stays here", "INQ-20261120-000001")
    assert lead.open("/outbox?to=staff").status == 200
    assert visit("li.na").open("/outbox").status == 404


def test_links_last_thirty_days(asked, engine, clock):
    from webapp.bootstrap import LINKS_LAST

    assert timedelta(days=30) == LINKS_LAST


def test_reminders_name_the_task_as_the_reader_calls_it(visit, engine, clock):
    """Li Na reads Chinese; the reminder of a task that nobody took names it as her inbox does."""
    start_inquiry(visit("li.na"))
    clock.advance(days=1)
    engine.run_due()
    lead = visit("wang.lei", "zh").open("/outbox?to=staff")
    assert lead.sees("“识别客户身份”") and "Identify the customer" not in lead.page.xpath("string(//main)")
