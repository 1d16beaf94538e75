"""A fund distributor at work: the running application on a database of its own, and an engine beside it.

The engine prepares quickly what a test does not walk itself, and tells what a test wants to know of the database.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from time import monotonic
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import func, select, update

import workflows
from engine import SYSTEM, Actor, Case, Engine, FixedClock, NotAllowed, Task
from engine.store.tables import step
from tests.support.serving import LiveServer, serving
from tests.support.shifted import ShiftedClock
from webapp.bootstrap import Settings, install, links_of, open_product
from workflows.calendar import business_date
from workflows.demo import seed_base
from workflows.links import Link
from workflows.outbox import repository as outbox
from workflows.outbox.model import Message
from workflows.tables import customer

CHANCES = ("BANK_UNPAID_PERCENT", "REGISTRAR_SILENT_PERCENT", "REGISTRAR_REJECTED_PERCENT", "REGISTRAR_PARTIAL_PERCENT")
MORNING = "2026-11-18T09:30:00+08:00"  # a Wednesday
PATIENCE = 30  # seconds until a task is open at the latest
CUSTOMERS = {"en": "C000009", "zh": "C000012"}  # Sarah Miller, who speaks English, and Ma Xiaoli; nobody needs care
CUSTOMER = Actor("customer", system=True)
CONTACT = {"channel": "PHONE", "contactTime": "2026-11-18T09:00:00+08:00"}
RECEIVED = {"source": "PHONE", "receivedAt": "2026-11-18T09:00:00+08:00"}
SAID = {
    "en": {
        "question": "What does this fund cost?",
        "answer": "The front-end fee of this fund is on its fact sheet.",
        "facts": "The fee was booked twice.",
        "demand": "The fee back",
        "finding": "The orders say so.",
        "reply": "We are sorry: the fee was booked twice, and you get it back.",
        "lessons": "Check the run.",
    },
    "zh": {
        "question": "这只基金的费率是多少？",
        "answer": "该基金的前端费率载于其产品资料概要。",
        "facts": "同一笔申购的手续费被扣收了两次。",
        "demand": "退还手续费",
        "finding": "委托记录可以证实客户所说。",
        "reply": "我们深表歉意：手续费被重复扣收，现予退还，感谢您的反馈。",
        "lessons": "每日核对批处理结果。",
    },
}


@dataclass(frozen=True)
class Office:
    """The running application and an engine on its database; both go by the same clock, which can be put on."""

    server: LiveServer
    engine: Engine
    settings: Settings
    clock: ShiftedClock

    @property
    def url(self) -> str:
        """Where the application is."""
        return self.server.url

    @property
    def file(self) -> Path:
        """The file of the database."""
        return Path(self.server.database.removeprefix("sqlite:///"))

    @property
    def directory(self) -> workflows.Directory:
        """The staff."""
        return workflows.Directory(self.engine.database.reading, self.engine.database.writing)

    def person(self, name: str) -> Actor:
        """A member of staff by id."""
        found = self.directory.person(name)
        assert found is not None, name
        return Actor(found.id, found.groups)

    def name(self, person: str, lang: str) -> str:
        """What a member of staff is called in a language."""
        found = self.directory.person(person)
        assert found is not None, person
        return found.name_zh if lang == "zh" else found.name

    def inquiry(self, lang: str = "en", by: str = "li.na") -> Case:
        """An inquiry that has just begun."""
        return self.engine.start("inquiry", {**CONTACT, "customerId": CUSTOMERS[lang]}, by=self.person(by))

    def recorded(self, lang: str = "en", **need: Any) -> Case:
        """An inquiry of a customer who is identified and has said what she needs; an answer is asked for."""
        case = self.inquiry(lang)
        checks = {"identified": True, "firstCheck": "CODE", "secondCheck": "ID4"}
        self.done(case, "Identify", noticeGiven=True, consentRecording=True, **checks)
        said = {"topic": "FEE", "question": SAID[lang]["question"], "inKnowledgeBase": True, "urgency": "normal"}
        return self.done(
            case, "RecordNeed", **{"complete": True, "language": lang, "followUpAllowed": True, **said, **need}
        )

    def answered(self, lang: str = "en") -> Case:
        """An inquiry that has been answered; the customer has the question whether it is clear."""
        case = self.done(self.recorded(lang), "Answer", answerText=SAID[lang]["answer"], resolved=True)
        self.waits(case, "answer_clear")
        return case

    def complaint(self, lang: str = "en", by: str = "li.na") -> Case:
        """A complaint that has just come in."""
        return self.engine.start("complaint", {**RECEIVED, "customerId": CUSTOMERS[lang]}, by=self.person(by))

    def proposed(self, lang: str = "en", compensation: int = 300, by: str = "zhou.min", **said: Any) -> Case:
        """A complaint that has been looked into, with a proposal that waits for its approval."""
        case, text = self.complaint(lang), SAID[lang]
        told = {"category": "FEE", "facts": text["facts"], "demand": text["demand"]}
        told |= {"isCustomer": True, "amountClaimed": 300, "vulnerable": False, "mediaRisk": False}
        self.done(case, "Register", **{**told, **said})
        self.done(case, "CheckAcceptance", acceptable=True)
        task = self.task(case, "FirstContact")
        if task.assignee != by:
            self.engine.assign(task.id, to=by, by=self.person("shen.hao"))
        called = {"reachedAt": RECEIVED["receivedAt"], "demandConfirmed": text["demand"], "nextStepsTold": True}
        self.done(case, "FirstContact", questions=["ORDERS"], **called)
        self.done(case, "CheckOrders", supports="YES", finding=text["finding"])
        task = self.task(case, "Propose")
        if task.assignee != by:
            self.engine.assign(task.id, to=by, by=self.person("shen.hao"))
        reply = {"replyText": text["reply"], "lessons": text["lessons"]}
        found = {"verdict": "FOUNDED", "rootCause": "SYSTEM", "remedyDue": False, "regulatorReport": False}
        return self.done(case, "Propose", compensation=compensation, **reply, **found)

    def task(self, case: Case, element: str) -> Task:
        """The open task of an element of a case, as soon as what is due has been done: by us, or by the application."""
        latest = monotonic() + PATIENCE
        while monotonic() < latest:
            for task in self.engine.tasks(case.id):
                if task.element == element:
                    return task
            self.engine.run_due()
        raise AssertionError(f"{element} does not open in {case.number}")

    def waits(self, case: Case, message: str) -> None:
        """See that a case comes to wait for a message."""
        latest = monotonic() + PATIENCE
        while message not in {one.name for one in self.engine.marking(case.id).subscriptions}:
            assert monotonic() < latest, f"{case.number} does not wait for {message}"
            self.engine.run_due()

    def hears(self, case: Case, message: str) -> None:
        """The customer answers."""
        self.engine.send(message, case=case.id, by=CUSTOMER, message_id=self._asked(case))

    def question(self, case: Case) -> str:
        """The path behind the link that the customer of a case was sent last."""
        return urlsplit(self._message(case).links[0].url).path

    def secret(self, case: Case) -> str:
        """The name of a personal value of a case in the vault."""
        return str(self.engine.case(case.id).data["facts"]["$vault"])

    def done(self, case: Case, element: str, **values: Any) -> Case:
        """Complete a task by its assignee, or by the first of its groups who may."""
        task = self.task(case, element)
        names = [task.assignee] if task.assignee else [one.id for group in task.groups for one in self._members(group)]
        for name in names:
            try:
                return self.engine.complete(task.id, values, by=self.person(name))
            except NotAllowed:
                continue
        raise AssertionError(f"nobody of {names} may do {element}")

    def asks(self, case: Case, message: str) -> Mapping[str, Any]:
        """The form of a message that a case waits for."""
        self.waits(case, message)
        waiting = next(one for one in self.engine.awaited(case.id) if one.name == message)
        form = self.engine.bundle(waiting.bundle).form_of(waiting.element)
        return form.schema if form else {"properties": {}}

    def child(self, case: Case, key: str) -> Case:
        """The case of a process that came out of a case, as soon as there is one."""
        latest = monotonic() + PATIENCE
        while monotonic() < latest:
            for one in self.engine.linked(case.id):
                if one.key == key and one.parent == case.id:
                    return one
            self.engine.run_due()
        raise AssertionError(f"no {key} comes out of {case.number}")

    def ends(self, case: Case, outcome: str) -> Case:
        """See that a case comes to an end, and that its history proves it."""
        latest = monotonic() + PATIENCE
        while (found := self.engine.case(case.id)).status == "open" and monotonic() < latest:
            self.engine.run_due()
        assert (found.status, found.outcome) == ("completed", outcome), self.engine.tasks(case.id)
        assert self.engine.verify(case.id).sound and self.engine.incidents() == []
        return found

    def comes(self, moment: str) -> None:
        """Let it become a moment in Shanghai, and the worker do what is due by then."""
        self.clock.set(f"{moment}+08:00")
        self.engine.run_due()

    def without_chance(self, **changed: Any) -> None:
        """Let the sample bank and registrar always do the ordinary, or what a test wants."""
        ordinary = dict.fromkeys(CHANCES, 0) | changed
        shipped = workflows.parameters()
        given = {name: {**said, "value": ordinary.get(name, said["value"])} for name, said in shipped.items()}
        self.engine.configure(parameters=given, by=SYSTEM, reason="tests")

    def customer_is(self, lang: str, **changed: Any) -> str:
        """A customer of class C3 in her forties whose papers are in order, with what a test changes."""
        usual: dict[str, Any] = {"risk_class": "C3", "lowest_class": False, "professional": False, "status": "ACTIVE"}
        usual |= {"birth_date": date(1984, 1, 2), "assessment_valid_to": date(2027, 10, 1), "card_token": "tok_1"}
        with self.engine.database.writing() as connection:
            row = update(customer).where(customer.c.id == CUSTOMERS[lang])
            connection.execute(row.values(**usual | {"id_valid_to": date(2035, 1, 1)} | changed))
        return CUSTOMERS[lang]

    def steps(self) -> int:
        """How many steps there are in all cases."""
        with self.engine.database.reading() as connection:
            return int(connection.execute(select(func.count()).select_from(step)).scalar_one())

    def link(self, case: Case, message: str, **changed: Any) -> str:
        """The path of a signed link of ours, as a message would carry it."""
        links = links_of(self.settings, self.engine.clock)
        told = {"customer": case.customer or "", "question": f"{case.id}.1", "at": self.engine.clock.now(), **changed}
        return links.make(str(case.id), message, told.pop("customer"), **told).removeprefix(self.settings.base_url)

    def _message(self, case: Case) -> Message:
        with self.engine.database.reading() as connection:
            return next(one for one in outbox.newest(connection, case_id=case.id) if one.links)

    def _asked(self, case: Case) -> str:
        """The id of the question that the customer of a case was asked last."""
        link = links_of(self.settings, self.engine.clock).read(self.question(case).rpartition("/")[2])
        assert isinstance(link, Link)
        return link.id

    def _members(self, group: str) -> list[Any]:
        return list(self.directory.people(group))


def furnish(file: Path) -> Path:
    """A database with the sample people and the shipped bundles, and no case yet."""
    clock = FixedClock(MORNING)
    with open_product(Settings(database=f"sqlite:///{file}", demo=True), clock) as engine:
        install(engine)
        with engine.database.writing() as connection:
            seed_base(connection, today=business_date(clock.now()))
    return file


@contextmanager
def opened_office(furnished: Path, folder: Path, *options: str) -> Iterator[Office]:
    """An office on a copy of a furnished database."""
    url = f"sqlite:///{shutil.copyfile(furnished, folder / 'cases.db')}"
    clock = ShiftedClock(folder / "clock")
    clock.set(MORNING)
    with serving(url, folder, *options, clock=clock) as server:
        settings = Settings(database=url, demo=True, base_url=server.url)
        with open_product(settings, clock) as engine:
            yield Office(server, engine, settings, clock)
