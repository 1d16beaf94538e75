"""Writing to customers and reminding staff: in their language, with links, once."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from engine.store.database import Database
from tests.workflows.conftest import MORNING
from tests.workflows.operating import LINKS, Make, counted, run
from tests.workflows.test_mailer import serving
from workflows.customers import repository as customers
from workflows.interactions import repository as interactions
from workflows.links import Link
from workflows.outbox import repository
from workflows.outbox.mailer import NotSent, SmtpMailer
from workflows.tables import outbox


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


def test_a_task_is_named_in_the_language_of_the_reader(peopled: Database, call: Make) -> None:
    """What the diagram writes is translated as the bundle translates it, for each reader for himself."""
    known = {"Answer the customer": "答复客户", "Look at the limit.": "请核对限额。"}
    parameters = {"task": "Answer", "name": "Answer the customer", "text": "Look at the limit."}
    run(
        call(
            "staff/remind",
            {**parameters, "people": ["li.na", "sun.ke"]},
            database=peopled,
            translate=lambda text, lang: known[text] if lang == "zh" else text,
        )
    )
    with peopled.reading() as connection:
        found = {one.staff_id: one for one in repository.newest(connection, to_staff=True)}
    assert found["li.na"].subject == "提醒：INQ-20261118-000001 的“答复客户”" and "请核对限额。" in found["li.na"].body
    assert found["sun.ke"].subject == "Reminder: Answer the customer in INQ-20261118-000001"
    assert "Look at the limit." in found["sun.ke"].body
