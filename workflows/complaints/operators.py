"""The operators of the complaint process: enter it into the register, find who handles it, close it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection

from engine.canonical import moment
from engine.operators import Call, Operator, Parameter

from .. import casework, records, results
from ..customers import repository as customers
from ..interactions import repository as interactions
from ..outbox import correspondents
from ..outbox.correspondents import Correspondent
from ..staff import repository as staff
from . import deadlines, evidence, recusal, repository


def register(call: Call) -> dict[str, Any]:
    """Enter a complaint into the register; what is no parameter is read from the case's data of the same name."""
    said = casework.opened(call, call.data.get("complainant")) or {}
    with call.writing() as connection:
        identity = _complainant(call, connection, said)
        correspondents.note(
            connection,
            call.case_id,
            Correspondent(
                customer_id=identity,
                name=said.get("proxyName") or said.get("name"),
                mobile=said.get("mobile"),
                email=said.get("email"),
            ),
        )
        repository.register(
            connection,
            case_id=call.case_id,
            case_number=call.case_number,
            customer_id=identity,
            source=str(casework.given(call, "source", "PHONE")),
            category=str(casework.given(call, "category", "OTHER")),
            complainants=int(casework.given(call, "complainants", 1)),
            amount_claimed=Decimal(casework.given(call, "amountClaimed", 0)),
            related_case=_related(call),
            concerned=casework.listed(casework.given(call, "concernedStaff")),
            received_at=_received(call),
            at=call.at,
        )
    return {"registeredAt": moment(call.at), "customerId": identity or ""}


def assign(call: Call) -> dict[str, Any]:
    """Find a handler who has had nothing to do with the matter, freeze the evidence, and set the deadlines."""
    target = str(call.parameters["target"])
    terms = [target, *casework.listed(call.parameters.get("limit"))]
    due = deadlines.earliest(terms, call.moment)
    warn = min(due, deadlines.warning(target, call.parameter("COMPLAINT_WARN_PERCENT"), call.at, call.moment))
    with call.writing() as connection:
        contacts = interactions.of_cases(connection, _cases(call))
        involved = {contact.by for contact in contacts} | records.people_of(connection, _cases(call))
        handler = _handler(call, connection, involved)
        severity = casework.given(call, "severity")
        repository.assign(
            connection,
            call.case_id,
            handler=handler or None,
            severity=str(severity) if severity else None,
            due_at=due,
            warn_at=warn,
            evidence=evidence.frozen(contacts),
        )
    return {"handler": handler, "dueAt": moment(due), "warnAt": moment(warn)}


def close(call: Call) -> dict[str, Any]:
    """Close a complaint in the register with what was found."""
    compensation = casework.given(call, "compensation")
    with call.writing() as connection:
        repository.close(
            connection,
            call.case_id,
            finding=casework.given(call, "verdict"),
            root_cause=casework.given(call, "rootCause"),
            compensation=None if compensation is None else Decimal(compensation),
            at=call.at,
        )
    return {"closedAt": moment(call.at), "number": call.case_number}


OPERATORS = (
    Operator(
        name="complaint/register",
        kind="local",
        run=register,
        description="Enter the complaint into the register.",
        parameters=(
            Parameter(name="source", type="string", required=False),
            Parameter(name="category", type="string", required=False),
            Parameter(name="complainants", type="number", required=False),
            Parameter(name="amountClaimed", type="number", required=False),
            Parameter(name="receivedAt", type="string", required=False),
            Parameter(name="relatedCase", type="string", required=False),
            Parameter(name="concernedStaff", type="list", required=False),
            Parameter(name="customerId", type="string", required=False),
        ),
        result=results.answer(
            {
                "registeredAt": results.moment("Registered", "登记时间"),
                "customerId": results.text("Customer number", "客户编号"),
            }
        ),
    ),
    Operator(
        name="complaint/assign",
        kind="local",
        run=assign,
        description="Assign a handler without interest in the matter, freeze the evidence, set the deadlines.",
        parameters=(
            Parameter(name="target", type="string", description="the term to answer in, such as 7 BD"),
            Parameter(name="limit", type="list", required=False, description="further terms; the earliest counts"),
            Parameter(name="group", type="string", required=False, description="who may handle it, else chs"),
            Parameter(name="severity", type="string", required=False),
            Parameter(name="concernedStaff", type="list", required=False, description="whom the complaint names"),
        ),
        result=results.answer(
            {
                "handler": results.staff("Handler", "经办人"),
                "dueAt": results.moment("To be answered by", "办理期限"),
                "warnAt": results.moment("Warning", "预警时间"),
            }
        ),
    ),
    Operator(
        name="complaint/close",
        kind="local",
        run=close,
        description="Close the complaint in the register.",
        parameters=(
            Parameter(name="verdict", type="string", required=False),
            Parameter(name="rootCause", type="string", required=False),
            Parameter(name="compensation", type="number", required=False),
        ),
        result=results.answer(
            {"closedAt": results.moment("Closed", "办结时间"), "number": results.text("Case number", "工单编号")}
        ),
    ),
)


def _complainant(call: Call, connection: Connection, said: Mapping[str, Any]) -> str | None:
    """The customer: named, or the only one with the complainant's document or mobile number."""
    if identity := casework.customer_id(call):
        return identity if customers.exists(connection, identity) else None
    if number := said.get("idNo"):
        found = customers.by_id_number(connection, number)
    else:
        found = customers.by_mobile(connection, said.get("mobile") or "")
    return found[0].id if len(found) == 1 else None


def _handler(call: Call, connection: Connection, involved: set[str]) -> str:
    earlier = repository.about(connection, _cases(call))
    before = {found.handler for found in earlier if found.handler and found.case_id != call.case_id}
    barred = recusal.recused(
        staff.people(connection),
        concerned=casework.listed(casework.given(call, "concernedStaff")),
        involved=involved | before,
    )
    group = str(call.parameters.get("group") or "chs")
    load = repository.open_by_handler(connection)
    chosen = recusal.choose(staff.people(connection, group), barred, load, preferred=call.by)
    return chosen.id if chosen else ""


def _cases(call: Call) -> list[str]:
    """The cases that the complaint is about, by id or number."""
    return [str(case) for case in (_related(call), call.parent) if case]


def _related(call: Call) -> str | None:
    found = casework.given(call, "relatedCase") or casework.within(call.data, ("contact", "relatedCase"))
    return str(found) if found else None


def _received(call: Call) -> datetime:
    said = casework.given(call, "receivedAt") or casework.within(call.data, ("contact", "receivedAt"))
    return datetime.fromisoformat(said) if isinstance(said, str) else call.at
