"""The operators that write to people. They run after the commit: first the message is kept, then it is sent."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy import Connection

from engine.operators import Call, Operator, Parameter

from .. import casework, results
from ..customers import repository as customers
from ..interactions import repository as interactions
from ..links import Links
from ..staff import repository as staff
from ..staff.model import Person
from . import correspondents, repository, texts
from .correspondents import Correspondent
from .mailer import Mailer, NotSent
from .model import EMAIL, NO_ADDRESS, NONE, Answer, Draft, Message, message_id
from .questions import QUESTIONS
from .recipient import Recipient, answering, of_customer, of_person, of_stranger
from .sender import Sender
from .values import spoken
from .wording import REFUSALS, TOPICS, day, worded

SENT = results.answer(
    {"sent": results.truth("Sent", "已发送"), "messageId": results.text("Number of the message", "消息编号")},
    optional=("messageId",),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """What the operators write with: the links and the mail server of the installation, and its name."""

    links: Links | None
    mailer: Mailer | None
    sender: Sender

    def notify(self, call: Call) -> dict[str, Any]:
        """Write to the customer of a case; a second run finds the first one's message and doubles nothing."""
        with call.writing() as connection:
            to = _customer_of(call, connection)
            message = repository.enqueue(connection, self._to_customer(call, connection, to), call.at)
            interactions.record(
                connection,
                key=f"message:{message.id}",
                channel=message.channel,
                direction="OUT",
                at=call.at,
                summary=message.subject,
                case_id=call.case_id,
                case_number=call.case_number,
                customer_id=to.customer_id,
            )
        self._send(call, message)
        return {"sent": message.channel != NONE, "messageId": message.id}

    def remind(self, call: Call) -> dict[str, Any]:
        """Write to those who hold a task and to the groups that are named beside them."""
        with call.writing() as connection:
            people = _told(call, connection)
            messages = [repository.enqueue(connection, self._to_person(call, person), call.at) for person in people]
        for message in messages:
            self._send(call, message)
        return {"sent": bool(messages)}

    def _to_customer(self, call: Call, connection: Connection, to: Recipient) -> Draft:
        language, parameters = to.language, call.parameters
        links = self._answers(call, to)
        due = parameters.get("due")
        return self._draft(
            call,
            to,
            key=call.key,
            template=str(parameters["template"]),
            links=links,
            values={
                "text": str(casework.opened(call, parameters.get("text")) or ""),
                "topic": worded(TOPICS, str(parameters.get("topic") or "OTHER"), language),
                "reason": worded(REFUSALS, str(parameters.get("reason") or ""), language),
                "deadline": day(datetime.fromisoformat(due) if due else call.moment(_term(call)), language),
                "silent_days": str(call.parameter("COMPLAINT_SILENT_DAYS")),
                "question": _question(str(parameters.get("ask") or ""), links, language),
                **spoken(connection, parameters.get("values") or {}, language),
            },
        )

    def _to_person(self, call: Call, person: Person) -> Draft:
        parameters, to = call.parameters, of_person(person)
        named = str(parameters.get("name") or parameters["task"])
        return self._draft(
            call,
            to,
            key=f"{call.key}:{person.id}",
            template=str(parameters.get("template") or _urgency(parameters.get("percent"))),
            values={
                "task": call.translate(named, to.language),
                "text": call.translate(str(parameters.get("text") or ""), to.language),
            },
        )

    def _draft(
        self,
        call: Call,
        to: Recipient,
        *,
        key: str,
        template: str,
        values: dict[str, str],
        links: tuple[Answer, ...] = (),
    ) -> Draft:
        language = to.language
        own = {
            "salutation": to.salutation,
            "number": call.case_number,
            "firm": self.sender.name[language],
            "hotline": self.sender.hotline,
            "hours": self.sender.hours[language],
        }
        subject, body = texts.render(template, language, own | values)
        channel, address = to.reached_by(mail=self.mailer is not None)
        return Draft(
            key=key,
            case_id=call.case_id,
            case_number=call.case_number,
            customer_id=to.customer_id,
            staff_id=to.staff_id,
            channel=channel,
            address=address,
            template=template,
            language=language,
            subject=subject,
            body=body,
            links=links,
        )

    def _answers(self, call: Call, to: Recipient) -> tuple[Answer, ...]:
        ask = call.parameters.get("ask")
        if not ask:
            return ()
        if ask not in QUESTIONS:
            raise ValueError(f"{ask} is no question; there are {', '.join(QUESTIONS)}")
        if self.links is None:
            raise ValueError("a question needs links, and none are configured")
        make = partial(self.links.make, call.case_id, customer=to.customer_id or "", at=call.at)
        question = message_id(call.key)
        return tuple(
            Answer(message=name, label=label[to.language], url=make(message=name, question=question))
            for name, label in QUESTIONS[ask].answers.items()
        )

    def _send(self, call: Call, message: Message) -> None:
        if message.sent_at is not None:
            return
        if message.channel == NONE:
            with call.writing() as connection:
                repository.mark_failed(connection, message.id, NO_ADDRESS)
        elif message.channel == EMAIL and self.mailer is not None:
            try:
                self.mailer.send(message)
            except NotSent as error:
                with call.writing() as connection:
                    repository.mark_failed(connection, message.id, str(error))
                raise
            with call.writing() as connection:
                repository.mark_sent(connection, message.id, call.at)


def operators(links: Links | None, mailer: Mailer | None, sender: Sender) -> tuple[Operator, ...]:
    """The operators that write to customers and staff."""
    post = Post(links=links, mailer=mailer, sender=sender)
    return (
        _remote(
            "customer/notify",
            post.notify,
            "Write to the customer in his language, with signed links where a question is put.",
            Parameter(name="template", type="string", description="name of the text"),
            Parameter(name="text", type="string", required=False, description="what staff wrote"),
            Parameter(name="ask", type="string", required=False, description="the question that is put, by name"),
            Parameter(name="reason", type="string", required=False, description="why something is refused"),
            Parameter(name="topic", type="string", required=False, description="what the customer asked about"),
            Parameter(name="due", type="string", required=False, description="the moment to name as deadline"),
            Parameter(name="values", type="context", required=False, description="what else the text needs, by name"),
            Parameter(name="customerId", type="string", required=False, description="else the case's customer"),
        ),
        _remote(
            "staff/remind",
            post.remind,
            "Remind those who hold a task, and tell the groups named beside them.",
            Parameter(name="task", type="string", description="the task's id, or what it is called"),
            Parameter(name="name", type="string", required=False, description="what the task is called"),
            Parameter(name="also", type="list", required=False, description="groups to tell"),
            Parameter(name="people", type="list", required=False, description="staff ids to tell"),
            Parameter(name="text", type="string", required=False, description="what else there is to say"),
            Parameter(name="percent", type="number", required=False, description="how much of the term is over"),
            Parameter(name="template", type="string", required=False, description="name of the text, else by percent"),
        ),
    )


def _remote(name: str, run: Callable[[Call], Any], description: str, *parameters: Parameter) -> Operator:
    return Operator(name=name, kind="remote", run=run, description=description, parameters=parameters, result=SENT)


def _urgency(percent: Any) -> str:
    if percent is None or percent < 100:
        return "staff-reminder"
    return "staff-late" if percent == 100 else "staff-escalation"


def _term(call: Call) -> str:
    return f"{call.parameter('COMPLAINT_DEADLINE_DAYS')} ND"


def _question(ask: str, links: Iterable[Answer], language: str) -> str:
    lines = [f"{link.label}: {link.url}" if language == "en" else f"{link.label}：{link.url}" for link in links]
    return "\n".join([QUESTIONS[ask].text[language], *lines]) if lines else ""


def _customer_of(call: Call, connection: Connection) -> Recipient:
    """Who speaks for the customer, or for himself, gets it at the address that he gave; else the customer on record."""
    said = correspondents.get(connection, call.case_id) or Correspondent()
    identity = casework.customer_id(call) or said.customer_id
    known = customers.get(connection, identity) if identity else None
    if known is not None:
        return answering(said, of_customer(known))
    language = casework.within(call.data, ("need", "language"))
    return of_stranger(said, "en" if language == "en" else "zh")


def _told(call: Call, connection: Connection) -> list[Person]:
    named = [staff.get(connection, identity) for identity in casework.listed(call.parameters.get("people"))]
    groups = casework.listed(call.parameters.get("also"))
    members = [person for group in groups for person in staff.people(connection, group)]
    unique = {person.id: person for person in (*named, *members) if person is not None and person.active}
    return list(unique.values())
