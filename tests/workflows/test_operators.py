"""What service tasks call: look-ups, contacts, inquiries on real tables; a second call doubles nothing."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from sqlalchemy import Connection, insert, select

import workflows
from engine.canonical import canonical, moment
from engine.store.tables import case, step
from tests.workflows.conftest import MORNING
from tests.workflows.operating import Make, case_row, counted, enter, run, step_row
from workflows.customers import repository as customers
from workflows.interactions import repository as interactions
from workflows.tables import inquiry as inquiry_table


def test_every_operator_of_the_plan_is_there_and_says_what_it_takes() -> None:
    names = {operator.name: operator.kind for operator in workflows.OPERATORS}
    expected = {
        "customer/lookup": "local",
        "customer/notify": "remote",
        "staff/remind": "remote",
        "inquiry/close": "local",
        "interaction/record": "local",
        "complaint/register": "local",
        "complaint/assign": "local",
        "complaint/close": "local",
        "contact/facts": "local",
        "feedback/capture": "local",
        "feedback/tag": "local",
        "feedback/assign": "local",
        "feedback/close": "local",
        "feedback/statistics": "local",
        "feedback/rank": "local",
        "feedback/improve": "local",
        "feedback/release": "local",
        "feedback/effect": "local",
        "survey/sample": "local",
        "survey/note": "local",
        "survey/record": "local",
    }
    assert names.items() >= expected.items()
    for operator in workflows.OPERATORS:
        assert operator.description and operator.result
        Draft202012Validator.check_schema(operator.result)


# -- customer/lookup


def test_lookup_answers_facts_and_nothing_personal(known: Connection, call: Make) -> None:
    said = run(call("customer/lookup", {"customerId": "C000001"}, connection=known))

    assert said == {
        "found": True,
        "customerId": "C000001",
        "is65": True,
        "reachable": True,
        "riskClass": "C2",
        "language": "zh",
        "openCases": 0,
        "complaintsIn90Days": 0,
    }


def test_lookup_by_the_number_that_calls(known: Connection, call: Make, kept: Any) -> None:
    wang = customers.get(known, "C000007")
    assert wang is not None
    said = run(call("customer/lookup", connection=known, data={"contact": {"caller": kept(wang.mobile)}}))
    assert said["customerId"] == "C000007"


def test_a_number_of_two_people_names_nobody(known: Connection, call: Make, kept: Any) -> None:
    father = customers.get(known, "C000013")
    assert father is not None
    said = run(call("customer/lookup", connection=known, data={"contact": {"caller": kept(father.mobile)}}))
    assert (said["found"], said["customerId"]) == (False, "")


@pytest.mark.parametrize("parameters", [{}, {"customerId": ""}, {"customerId": "C999999"}])
def test_lookup_of_nobody(known: Connection, call: Make, parameters: dict[str, Any]) -> None:
    said = run(call("customer/lookup", parameters, connection=known))
    assert said["found"] is False
    assert said["language"] == "zh"


def test_lookup_counts_other_open_cases_and_earlier_complaints(known: Connection, call: Make) -> None:
    for number, status in ((7, "open"), (8, "open"), (9, "completed")):
        known.execute(insert(case).values(**case_row(number, status)))
    for number, days in ((8, 89), (9, 91)):
        enter(known, str(number), MORNING - timedelta(days=days))

    said = run(call("customer/lookup", {"customerId": "C000001"}, connection=known))
    assert (said["openCases"], said["complaintsIn90Days"]) == (1, 1)


def test_a_contact_is_kept_once(known: Connection, call: Make) -> None:
    made = call(
        "interaction/record",
        {"summary": "为什么净值下跌", "by": "li.na"},
        connection=known,
        data={"contact": {"channel": "CHAT"}, "customer": {"customerId": "C000001"}},
    )
    assert run(made) == run(made)
    (contact,) = interactions.of_cases(known, ["7"])
    assert (contact.channel, contact.direction, contact.by, contact.customer_id) == ("CHAT", "IN", "li.na", "C000001")


def close(call: Make, connection: Connection, customer: str = "C000001") -> dict[str, Any]:
    data = {"customer": {"customerId": customer}}
    return run(call("inquiry/close", {"gap": "移仓成本"}, connection=connection, data=data))


def test_closing_keeps_the_gap_and_says_who_answered(known: Connection, call: Make) -> None:
    known.execute(insert(case).values(**case_row(7, "open")))
    for seq, (element, actor) in enumerate([("Answer", "zhao.lei"), ("Answer", "li.na"), ("WrapUp", "wang.lei")]):
        row = step_row(7, seq, "completed", actor) | {"input": canonical({"element": element})}
        known.execute(insert(step).values(**row))
    assert close(call, known) == {"closedAt": moment(MORNING), "number": "INQ-20261118-000001", "agent": "li.na"}
    row = known.execute(select(inquiry_table)).one()
    assert (row.knowledge_gap, row.customer_id) == ("移仓成本", "C000001")


def test_a_stranger_can_be_answered_too(known: Connection, call: Make) -> None:
    assert close(call, known, "")["agent"] == ""
    assert known.execute(select(inquiry_table.c.customer_id)).scalar_one() is None


def test_closing_again_changes_nothing(known: Connection, call: Make) -> None:
    assert close(call, known) == close(call, known)
    assert counted(known, inquiry_table) == 1
