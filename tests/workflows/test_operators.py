"""What service tasks call: each operator on real tables, also a second time, which must double nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from sqlalchemy import Connection, func, insert, select

import workflows
from engine.canonical import canonical, moment, normal
from engine.model import CaseId
from engine.operators import Call
from engine.store.database import Database
from engine.store.tables import case, step
from tests.workflows.conftest import MORNING
from tests.workflows.test_mailer import serving
from workflows import records
from workflows.complaints import repository as complaints
from workflows.customers import repository as customers
from workflows.interactions import repository as interactions
from workflows.links import Link, Links
from workflows.outbox import correspondents, repository
from workflows.outbox.mailer import NotSent, SmtpMailer
from workflows.tables import inquiry as inquiry_table
from workflows.tables import interaction, outbox

LINKS = Links("a secret of the tests", "https://fundcase.example", now=lambda: MORNING)
Make = Callable[..., Call]


def run(call: Call, mailer: SmtpMailer | None = None) -> dict[str, Any]:
    """Run an operator; its answer can be kept, and is what its schema says."""
    operator = next(one for one in workflows.operators(LINKS, mailer) if one.name == call.operator)
    answer: dict[str, Any] = operator.run(call)
    assert normal(answer) == answer
    if operator.result is not None:
        Draft202012Validator(operator.result).validate(answer)
    return answer


def counted(connection: Connection, table: Any) -> int:
    return int(connection.execute(select(func.count()).select_from(table)).scalar_one())


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


def case_row(number: int, status: str) -> dict[str, Any]:
    at = moment(MORNING)
    texts = {"key": "inquiry", "bundle": "b", "status": status, "confidentiality": "normal", "customer": "C000001"}
    times = {"started_at": at, "started_by": "li.na", "last_at": at}
    return {
        "id": number,
        "number": f"INQ-{number}",
        "version": 1,
        "seq": 1,
        "head": b"",
        "state": b"",
        **texts,
        **times,
    }


def enter(connection: Connection, case_id: str, received: datetime, **more: Any) -> None:
    usual: dict[str, Any] = {
        "case_number": f"CMP-{case_id}",
        "customer_id": "C000001",
        "source": "PHONE",
        "category": "FEE",
        "complainants": 1,
        "amount_claimed": Decimal(0),
        "related_case": None,
        "concerned": [],
    }
    complaints.register(connection, case_id=case_id, received_at=received, at=received, **usual | more)


# -- customer/notify


def notify(call: Make, database: Database, mailer: SmtpMailer | None = None, **more: Any) -> dict[str, Any]:
    parameters = {"template": "inquiry-answer", "text": "四个交易日内到账。", "ask": "clear"} | more.pop(
        "parameters", {}
    )
    data = {"customer": {"customerId": "C000001"}} | more.pop("data", {})
    return run(call("customer/notify", parameters, database=database, data=data, **more), mailer)


def test_the_customer_is_written_to_in_his_language_with_links(peopled: Database, call: Make) -> None:
    said = notify(call, peopled)

    with peopled.reading() as connection:
        message = repository.get(connection, said["messageId"])
        (contact, *_) = interactions.of_customer(connection, "C000001")
    assert said["sent"] is True
    assert message is not None
    assert (message.language, message.channel, message.address[:4]) == ("zh", "SMS", "1990")
    assert "尊敬的黄美玲女士" in message.body and "四个交易日内到账。" in message.body
    assert [link.message for link in message.links] == ["answer_clear", "answer_unclear"]
    assert (contact.direction, contact.summary) == ("OUT", message.subject)
    for link in message.links:
        assert link.url in message.body
        read = LINKS.read(link.url.rpartition("/")[2])
        assert isinstance(read, Link)
        assert (read.id, read.case_id, read.message, read.customer) == (message.id, "7", link.message, "C000001")


def test_an_english_customer_gets_english(peopled: Database, call: Make) -> None:
    said = notify(call, peopled, data={"customer": {"customerId": "C000009"}})
    with peopled.reading() as connection:
        message = repository.get(connection, said["messageId"])
    assert message is not None
    assert message.language == "en" and "Dear Ms Sarah Miller" in message.body and "Yes, it is clear" in message.body


def test_a_second_run_doubles_nothing(peopled: Database, call: Make) -> None:
    with serving() as (url, server):
        mailer = SmtpMailer.from_url(url)
        first = notify(call, peopled, mailer)
        second = notify(call, peopled, mailer, at=MORNING + timedelta(minutes=1))

    with peopled.reading() as connection:
        assert (counted(connection, outbox), len(server.taken)) == (1, 1)
        assert (
            len([c for c in interactions.of_customer(connection, "C000001") if c.direction == "OUT" and c.case_id]) == 1
        )
    assert first == second


def test_another_question_of_the_same_case_is_another_message(peopled: Database, call: Make) -> None:
    assert notify(call, peopled)["messageId"] != notify(call, peopled, key="7.5.1")["messageId"]


def test_a_mail_that_is_refused_is_tried_again(peopled: Database, call: Make) -> None:
    with serving(refuse=True) as (url, _), pytest.raises(NotSent):
        notify(call, peopled, SmtpMailer.from_url(url))
    with peopled.reading() as connection:
        (waiting,) = repository.newest(connection)
    assert waiting.sent_at is None and "no such box" in (waiting.failed or "")

    with serving() as (url, server):
        said = notify(call, peopled, SmtpMailer.from_url(url))
    with peopled.reading() as connection:
        sent = repository.get(connection, said["messageId"])
    assert sent is not None and (sent.id, sent.sent_at, sent.failed) == (waiting.id, MORNING, None)
    assert len(server.taken) == 1


def test_without_a_mail_server_the_message_waits_in_the_outbox(peopled: Database, call: Make) -> None:
    said = notify(call, peopled)
    with peopled.reading() as connection:
        message = repository.get(connection, said["messageId"])
    assert message is not None and (message.sent_at, message.failed) == (None, None)


def test_a_stranger_is_written_to_at_what_he_gave(peopled: Database, call: Make, kept: Any) -> None:
    data = {"contact": {"caller": kept("19900012345")}, "customer": {"customerId": ""}, "need": {"language": "en"}}
    with peopled.writing() as connection:
        run(call("customer/lookup", connection=connection, data=data))
    said = notify(call, peopled, data=data)
    with peopled.reading() as connection:
        message = repository.get(connection, said["messageId"])
    assert message is not None
    assert (message.customer_id, message.address, message.language) == (None, "19900012345", "en")


def test_the_number_that_calls_is_not_the_address_of_a_known_customer(peopled: Database, call: Make, kept: Any) -> None:
    data = {"contact": {"customerId": "C000007", "caller": kept("19900012345")}, "customer": {"customerId": "C000007"}}
    with peopled.writing() as connection:
        run(call("customer/lookup", connection=connection, data=data))
    said = notify(call, peopled, data=data)
    with peopled.reading() as connection:
        message, wang = repository.get(connection, said["messageId"]), customers.get(connection, "C000007")
    assert message is not None and wang is not None
    assert message.address == wang.mobile


def test_nobody_to_write_to_is_said(peopled: Database, call: Make) -> None:
    said = notify(call, peopled, data={"customer": {"customerId": ""}, "contact": {}})
    with peopled.reading() as connection:
        message = repository.get(connection, said["messageId"])
    assert said["sent"] is False
    assert message is not None and message.failed == "no address is known"


def test_who_speaks_for_the_customer_gets_the_reply(peopled: Database, call: Make, kept: Any) -> None:
    told = {"name": "黄美玲", "mobile": "19900054321", "proxyName": "黄晓明"}
    data = {"complainant": kept(told), "customer": {"customerId": "C000001"}}
    with peopled.writing() as connection:
        run(call("complaint/register", connection=connection, process="complaint", data=data))
    said = notify(call, peopled, data=data, parameters={"template": "complaint-reply", "ask": "accept"})
    with peopled.reading() as connection:
        message = repository.get(connection, said["messageId"])
    assert message is not None
    assert (message.address, message.customer_id) == ("19900054321", "C000001")
    assert "尊敬的黄晓明：" in message.body


@pytest.mark.parametrize(
    ("parameters", "why"),
    [
        ({"template": "no-such-text"}, "no message text"),
        ({"ask": "Is it clear?"}, "no question"),
    ],
)
def test_a_diagram_that_asks_for_what_is_not_there(
    peopled: Database, call: Make, parameters: dict[str, Any], why: str
) -> None:
    with pytest.raises(ValueError, match=why):
        notify(call, peopled, parameters=parameters)
    with peopled.reading() as connection:
        assert counted(connection, outbox) == 0


def test_the_words_for_codes_are_the_customers(peopled: Database, call: Make) -> None:
    parameters = {"template": "complaint-refusal", "reason": "NOT_OURS", "text": "另有说明。", "ask": None}
    said = notify(call, peopled, parameters=parameters)
    with peopled.reading() as connection:
        message = repository.get(connection, said["messageId"])
    assert message is not None
    assert "并非由我们提供" in message.body and "另有说明。" in message.body and "NOT_OURS" not in message.body
    assert message.links == ()


def test_the_receipt_names_the_deadline(peopled: Database, call: Make) -> None:
    parameters = {"template": "complaint-acknowledgement", "ask": None}
    given = notify(call, peopled, parameters=parameters | {"due": "2026-12-01T18:00:00+08:00"})
    usual = notify(call, peopled, parameters=parameters, key="7.2.1")
    with peopled.reading() as connection:
        bodies = [message.body for said in (given, usual) if (message := repository.get(connection, said["messageId"]))]
    assert "2026年12月1日" in bodies[0]
    assert "2026年12月3日" in bodies[1]  # 15 days from 18 November


# -- staff/remind


def reminders(database: Database) -> list[tuple[str | None, str]]:
    with database.reading() as connection:
        return sorted((m.staff_id, m.template) for m in repository.newest(connection, to_staff=True))  # type: ignore[type-var]


def test_people_and_groups_are_told_once_each(peopled: Database, call: Make) -> None:
    parameters = {"task": "ExpertAnswer", "people": ["liu.yang"], "also": "csl, pm"}
    first = run(call("staff/remind", parameters, database=peopled))
    second = run(call("staff/remind", parameters, database=peopled))

    told = ["cai.qing", "guo.tao", "liu.yang", "wang.lei"]
    assert first == second == {"sent": True}
    assert reminders(peopled) == [(person, "staff-reminder") for person in told]


@pytest.mark.parametrize(
    ("percent", "template"), [(80, "staff-reminder"), (100, "staff-late"), (150, "staff-escalation")]
)
def test_the_text_follows_how_much_of_the_term_is_over(
    peopled: Database, call: Make, percent: int, template: str
) -> None:
    run(call("staff/remind", {"task": "Answer", "also": ["exec"], "percent": percent}, database=peopled))
    assert reminders(peopled) == [("shen.hao", template)]


def test_there_may_be_nobody_to_tell(peopled: Database, call: Make) -> None:
    said = run(call("staff/remind", {"task": "Answer", "people": ["nobody"], "also": ["nothing"]}, database=peopled))
    assert said == {"sent": False}
    assert reminders(peopled) == []


# -- interaction/record, inquiry/close


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


# -- complaint/register, assign, close


def registering(call: Make, connection: Connection, **data: Any) -> dict[str, Any]:
    facts = {"category": "PROMISE_RETURN", "complainants": 1, "amountClaimed": Decimal("12480.00")}
    contact = {"source": "PHONE", "receivedAt": "2026-11-18T08:30:00+08:00", "customerId": "C000001"}
    usual = {"contact": contact, "customer": {"customerId": "C000001"}}
    return run(call("complaint/register", facts, connection=connection, process="complaint", data=usual | data))


def assigning(call: Make, connection: Connection, *, data: Any = None, **parameters: Any) -> dict[str, Any]:
    given = {"target": "7 BD", "limit": ["15 ND"], "severity": "SEV2"} | parameters
    return run(call("complaint/assign", given, connection=connection, process="complaint", data=data or {}))


def test_a_complaint_is_entered_assigned_and_closed(known: Connection, call: Make) -> None:
    assert registering(call, known)["customerId"] == "C000001"
    said = assigning(call, known)
    run(call("complaint/close", {"verdict": "FOUNDED", "rootCause": "PEOPLE", "compensation": 660}, connection=known))

    found = complaints.get(known, "7")
    assert found is not None
    assert said == {
        "handler": "ding.yi",
        "dueAt": "2026-11-27T10:00:00.000000Z",
        "warnAt": "2026-11-25T10:00:00.000000Z",
    }
    assert (found.handler, found.severity, found.finding, found.compensation) == ("ding.yi", "SEV2", "FOUNDED", 660)
    assert found.received_at == datetime.fromisoformat("2026-11-18T08:30:00+08:00")
    assert (found.amount_claimed, found.closed_at) == (Decimal("12480.00"), MORNING)


def test_registering_again_keeps_one_row(known: Connection, call: Make) -> None:
    assert registering(call, known) == registering(call, known)
    assert len(complaints.of_customer(known, "C000001")) == 1


def test_the_complainant_is_found_by_his_document(known: Connection, call: Make, kept: Any) -> None:
    zhang = customers.get(known, "C000006")
    assert zhang is not None
    told = kept({"name": zhang.name, "idNo": zhang.id_number, "mobile": "19900099999"})
    said = registering(call, known, contact={}, customer={"customerId": ""}, complainant=told)

    assert said["customerId"] == "C000006"
    assert correspondents.get(known, "7") == correspondents.Correspondent(
        customer_id="C000006", name="张伟", mobile="19900099999"
    )


def test_who_is_no_customer_may_complain(known: Connection, call: Make, kept: Any) -> None:
    told = kept({"name": "陌生人", "mobile": "19900099999"})
    assert registering(call, known, contact={}, customer={"customerId": ""}, complainant=told)["customerId"] == ""


def test_the_strictest_term_counts(known: Connection, call: Make) -> None:
    registering(call, known)
    said = assigning(call, known, limit="60 ND, 3 ND")
    assert said["dueAt"] == "2026-11-21T10:00:00.000000Z"
    assert said["warnAt"] <= said["dueAt"]


def test_whom_the_complaint_names_does_not_get_it(known: Connection, call: Make) -> None:
    registering(call, known)
    assert assigning(call, known, concernedStaff=["song.yan"])["handler"] == "zhou.min"  # ding.yi is of the same team


def test_who_spoke_with_the_customer_in_the_case_does_not_get_it(known: Connection, call: Make) -> None:
    talked(known, "ding.yi", "INQ-20261110-000004")
    registering(call, known)
    assert assigning(call, known, data={"contact": {"relatedCase": "INQ-20261110-000004"}})["handler"] == "song.yan"


@pytest.mark.parametrize("named", ["parent", "related"])
def test_who_worked_on_the_case_does_not_get_it(known: Connection, call: Make, named: str) -> None:
    known.execute(insert(case).values(**case_row(5, "completed")))
    for seq, (kind, actor) in enumerate([("started", "li.na"), ("completed", "ding.yi"), ("reminded", "system")]):
        known.execute(insert(step).values(**step_row(5, seq, kind, actor)))
    registering(call, known)
    more = {"parent": CaseId("5")} if named == "parent" else {"data": {"relatedCase": "INQ-5"}}

    assert records.people_of(known, ["5"]) == records.people_of(known, ["INQ-5"]) == {"li.na", "ding.yi"}
    assert run(call("complaint/assign", {"target": "7 BD"}, connection=known, **more))["handler"] == "song.yan"


def step_row(number: int, seq: int, kind: str, actor: str) -> dict[str, Any]:
    bytes_of = dict.fromkeys(("input", "effects", "state_hash", "prev_hash", "hash"), b"")
    said = {"case_id": number, "seq": seq, "at": moment(MORNING), "actor": actor, "kind": kind, "semantics": 1}
    return said | bytes_of


def test_who_handled_the_case_that_is_complained_about_does_not_get_it(known: Connection, call: Make) -> None:
    enter(known, "5", MORNING - timedelta(days=40))
    complaints.assign(known, "5", handler="ding.yi", severity=None, due_at=MORNING, warn_at=MORNING, evidence=[])
    complaints.close(known, "5", finding=None, root_cause=None, compensation=None, at=MORNING)
    registering(call, known)
    assert assigning(call, known, data={"relatedCase": "CMP-5"})["handler"] == "song.yan"


def test_if_nobody_is_left_the_handler_is_empty(known: Connection, call: Make) -> None:
    registering(call, known)
    assert assigning(call, known, concernedStaff=["song.yan", "zhou.min"])["handler"] == ""
    found = complaints.get(known, "7")
    assert found is not None and found.handler is None and found.due_at is not None


def test_evidence_is_frozen_when_the_handler_is_found(known: Connection, call: Make) -> None:
    talked(known, "xu.kai", "INQ-20261110-000004")
    registering(call, known)
    about = {"contact": {"relatedCase": "INQ-20261110-000004"}}
    assigning(call, known, data=about)
    talked(known, "li.na", "INQ-20261110-000004", key="later")
    assigning(call, known, data=about)

    found = complaints.get(known, "7")
    assert found is not None
    assert [(item["kind"], len(item["sha256"])) for item in found.evidence] == [("contact", 64)]


def talked(connection: Connection, person: str, number: str, key: str = "talk") -> None:
    interactions.record(
        connection,
        key=key,
        channel="PHONE",
        direction="IN",
        at=MORNING,
        by=person,
        case_number=number,
        summary="as safe",
    )


def test_an_operator_writes_within_the_step_that_calls_it(peopled: Database, call: Make) -> None:
    with pytest.raises(ZeroDivisionError), peopled.writing() as connection:
        registering(call, connection)
        close(call, connection)
        raise ZeroDivisionError
    with peopled.reading() as connection:
        assert counted(connection, inquiry_table) == 0
        assert complaints.get(connection, "7") is None
        assert not [row for row in connection.execute(select(interaction)) if row.case_id == "7"]


def test_what_is_closed_to_a_call_is_nothing(known: Connection, call: Make) -> None:
    reference = {"$vault": "7.1.1", "sha256": "0" * 64}
    closed = call("customer/lookup", connection=known, data={"contact": {"caller": reference}})
    assert run(replace(closed, reveal=lambda value: value))["found"] is False
