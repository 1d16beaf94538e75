"""What the system knows of a customer when a case begins: facts for decisions, no personal values."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection

from engine.operators import Call, Operator, Parameter

from .. import casework, records
from ..complaints import repository as complaints
from ..outbox import correspondents
from ..outbox.correspondents import Correspondent
from ..results import answer, text, truth, whole
from ..validators import is_mobile
from . import repository
from .model import Customer

REPEAT_DAYS = 90  # the name of the answer says it

FOUND = answer(
    {
        "found": truth("On record", "在册客户"),
        "customerId": text("Customer number", "客户编号"),
        "is65": truth("65 or older", "年满65岁"),
        "reachable": truth("Can be reached", "可联系"),
        "riskClass": text("Risk class", "风险承受能力等级"),
        "language": text("Language", "语言"),
        "openCases": whole("Other open cases", "其他在办工单"),
        "complaintsIn90Days": whole("Complaints in 90 days", "90天内投诉数"),
    }
)
NOBODY = {
    "found": False,
    "customerId": "",
    "is65": False,
    "reachable": False,
    "riskClass": "",
    "language": "zh",
    "openCases": 0,
    "complaintsIn90Days": 0,
}


def lookup(call: Call) -> dict[str, Any]:
    """Facts about the customer who is named, or whose number is calling."""
    with call.writing() as connection:
        customer = _named(call, connection) or _calling(connection, _contact(call, "caller"))
        if customer is None:
            correspondents.note(connection, call.case_id, _stranger(call))
            return dict(NOBODY)
        open_cases = records.open_cases(connection, customer.id, other_than=call.case_id)
        earlier = complaints.in_days(connection, customer.id, days=REPEAT_DAYS, before=call.at, other_than=call.case_id)
    return {
        "found": True,
        "customerId": customer.id,
        "is65": customer.is_65(call.at),
        "reachable": customer.reachable,
        "riskClass": customer.risk_class or "",
        "language": customer.language,
        "openCases": open_cases,
        "complaintsIn90Days": earlier,
    }


OPERATORS = (
    Operator(
        name="customer/lookup",
        kind="local",
        run=lookup,
        description="Facts about the customer of a case; a calling number names him only if it is one person's.",
        parameters=(
            Parameter(name="customerId", type="string", required=False, description="else the case's, else the caller"),
        ),
        result=FOUND,
    ),
)


def _named(call: Call, connection: Connection) -> Customer | None:
    identity = casework.customer_id(call)
    return repository.get(connection, identity) if identity else None


def _calling(connection: Connection, caller: str | None) -> Customer | None:
    found = repository.by_mobile(connection, caller) if caller else []
    return found[0] if len(found) == 1 else None


def _stranger(call: Call) -> Correspondent:
    """Who is no customer is written to at what he gave; a landline takes no text messages."""
    caller = _contact(call, "caller")
    return Correspondent(
        name=_contact(call, "callerName"),
        mobile=caller if caller and is_mobile(caller) else None,
        email=_contact(call, "callerEmail"),
    )


def _contact(call: Call, name: str) -> str | None:
    found = casework.opened(call, casework.within(call.data, ("contact", name)))
    return found if isinstance(found, str) else None
