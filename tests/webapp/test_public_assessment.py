"""The questionnaire behind a customer's link, where the case waits for it in a process that it has called."""

from __future__ import annotations

from datetime import date
from urllib.parse import urlsplit

import pytest
from sqlalchemy import update

from engine import Actor
from tests.workflows.answers import answers
from workflows.outbox import repository as outbox
from workflows.suitability.questionnaire import DECLARED, SCALES
from workflows.tables import customer

ANN = Actor("li.na", {"csr"})


@pytest.fixture
def invited(engine):
    """The paths of the links to a customer whose assessment has run out when a recommendation is wanted."""
    with engine.database.writing() as connection:
        gone = {"assessment_valid_to": date(2020, 1, 1), "status": "ACTIVE"}
        connection.execute(update(customer).where(customer.c.id == "C000001").values(**gone))
    engine.start("recommendation", {"customerId": "C000001", "channel": "PHONE"}, by=ANN)
    engine.run_due()
    with engine.database.reading() as connection:
        message = outbox.newest(connection, to_staff=False)[0]
    return {link.message: urlsplit(link.url).path for link in message.links}


def test_the_page_asks_every_question_and_takes_the_answers(visit, invited, engine):
    nobody = visit().open(invited["assessment_answered"])
    assert nobody.status == 200
    assert {*SCALES, *DECLARED} <= set(nobody.page.xpath("//input[@type='radio']/@name"))
    assert nobody.page.xpath("//input[@type='radio' and @checked and @name != 'answer']") == []
    nobody.post(invited["assessment_answered"], {"answer": "assessment_answered"} | answers(2))
    assert nobody.status == 200
    (case,) = engine.cases(ANN)
    assert case.data["result"]["class"] == "C3" and "$vault" in case.data["answers"]["income"]


def test_an_unanswered_question_is_pointed_out(visit, invited, engine):
    nobody = visit().open(invited["assessment_answered"])
    without = {name: value for name, value in answers(2).items() if name != "debt"}
    nobody.post(invited["assessment_answered"], {"answer": "assessment_answered"} | without)
    assert nobody.status == 422 and len(nobody.problems()) == 1
    (case,) = engine.cases(ANN)
    assert "result" not in case.data
