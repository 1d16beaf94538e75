"""A recommendation through the pages: the class is shown, what remained is shown, rows of funds are sent and come back."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import update

from tests.webapp.desk import complete
from workflows.tables import customer

NEED = {
    "goal": "INCOME",
    "horizonMonths": "36",
    "liquidityNeed": "OVER_1Y",
    "investableAssets": "UNDER_1M",
    "thisAmount": "10,000.50",
    "maxLossPct": "10",
}
PROPOSAL = {
    "items.0.fundCode": "990014",
    "items.0.reason": "It fits the horizon and the loss that was named.",
    "items.0.proposedAmount": "10000.50",
    "items.0.proposedType": "PUR",
    "alternatives": "990007",
}


@pytest.fixture
def choosing(visit, engine):
    """A visitor before the choice of funds for a customer in C3, and the task's id."""
    with engine.database.writing() as connection:
        usual = {"risk_class": "C3", "lowest_class": False, "assessment_valid_to": date(2099, 1, 1), "status": "ACTIVE"}
        known = customer.c.id == "C000001"
        connection.execute(update(customer).where(known).values(birth_date=date(1986, 5, 4), **usual))
    visitor = visit("li.na")
    visitor.open("/cases/new/recommendation")
    visitor.post("/cases/new/recommendation", {"customerId": "C000001", "channel": "PHONE"})
    assert visitor.value("f-riskClass") == "C3"
    complete(visitor, visitor.path.split("/")[2], NEED)
    assert visitor.path.startswith("/tasks/"), visitor.problems()
    return visitor, visitor.path.split("/")[2]


def wrong(visitor):
    """What is ticked as wrong with the last choice."""
    return visitor.page.xpath("//input[@name='problems' and @checked]/@value")


def test_what_remained_is_shown(choosing):
    visitor, _ = choosing
    board = [row.text_content() for row in visitor.page.xpath("//section[h3 or header/h3]//table//tbody/tr")]
    assert any("990009" in row and "R3" in row for row in board) and not any("990014" in row for row in board)
    assert wrong(visitor) == []


def test_a_choice_that_does_not_fit_comes_back_as_it_was_with_what_is_wrong(choosing):
    visitor, task = choosing
    complete(visitor, task, PROPOSAL)
    assert visitor.path.startswith("/tasks/") and visitor.path.split("/")[2] != task, visitor.problems()
    assert visitor.sees("Choose one to five") and wrong(visitor) == ["NOT_A_CANDIDATE"]
    assert visitor.value("f-items-0-fundCode") == "990014"
    complete(visitor, visitor.path.split("/")[2], PROPOSAL | {"items.0.fundCode": "990009"})
    assert visitor.sees("Explain each fund")
