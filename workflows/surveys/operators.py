"""The operators of a survey: who is asked, how it stands, what was answered."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import Connection

from engine.operators import Call, Operator, Parameter

from .. import casework, results
from ..complaints import repository as complaints
from ..customers import repository as customers
from ..customers.model import Customer
from ..feedback import freetext
from . import repository
from .model import DECLINED, EXPIRED, NOT_ASKED, SENT, telling

STATES = (NOT_ASKED, SENT, DECLINED, EXPIRED)
CONFIDENTIAL = frozenset({"AML_MEASURE"})
LEGAL = frozenset({"COURT"})
STANDS = results.answer({"status": results.text("State of the survey", "问卷状态")})


def sample(call: Call) -> dict[str, Any]:
    """Decide whether the customer of a closed case is asked, and keep the survey either way."""
    about = str(call.parameters["about"])
    with call.writing() as connection:
        identity = casework.customer_id(call)
        customer = customers.get(connection, identity) if identity else None
        found = repository.plan(
            connection,
            case_id=call.case_id,
            case_number=call.case_number,
            customer_id=customer.id if customer else None,
            about=about,
            process=str(call.parameters["process"]),
            agent=str(call.parameters.get("agent") or "") or None,
            why=_reason(call, connection, customer, about),
            at=call.at,
        )
    return {"ask": not found.why, "why": found.why}


def note(call: Call) -> dict[str, Any]:
    """Keep how a survey stands."""
    status = str(call.parameters["status"])
    if status not in STATES:
        raise ValueError(f"{status} is no state of a survey; there are {', '.join(STATES)}")
    with call.writing() as connection:
        repository.note(connection, call.case_id, status, call.at, str(call.parameters.get("why") or ""))
    return {"status": status}


def record(call: Call) -> dict[str, Any]:
    """Keep the customer's answers with the comment masked, and say which score speaks for them."""
    said = call.data.get("answers") or {}
    csat, ces, nps = (None if said.get(name) is None else int(said[name]) for name in ("csat", "ces", "nps"))
    if csat is None:
        raise ValueError("the answers have no csat")
    comment = casework.opened(call, said.get("comment"))
    with call.writing() as connection:
        repository.answer(
            connection,
            call.case_id,
            csat=csat,
            ces=ces,
            nps=nps,
            resolved=said.get("resolved"),
            reasons=casework.listed(said.get("reasons")),
            comment=freetext.masked(comment) if isinstance(comment, str) else "",
            late=bool(call.parameters.get("late")),
            at=call.at,
        )
    instrument, score = telling(csat=csat, ces=ces, nps=nps)
    return {"instrument": instrument, "score": score}


OPERATORS = (
    Operator(
        name="survey/sample",
        kind="local",
        run=sample,
        description="Decide whether the customer of a closed case is asked how it was.",
        parameters=(
            Parameter(name="about", type="string", description="number of the closed case"),
            Parameter(name="process", type="string", description="its process"),
            Parameter(name="agent", type="string", required=False, description="who served the customer"),
            Parameter(name="customerId", type="string", required=False, description="else the case's customer"),
        ),
        result=results.answer(
            {"ask": results.truth("Asked", "发送问卷"), "why": results.text("Why not", "不发送的原因")}
        ),
    ),
    Operator(
        name="survey/note",
        kind="local",
        run=note,
        description="Keep how a survey stands.",
        parameters=(
            Parameter(name="status", type="string", description="NOT_ASKED, SENT, DECLINED or EXPIRED"),
            Parameter(name="why", type="string", required=False),
        ),
        result=STANDS,
    ),
    Operator(
        name="survey/record",
        kind="local",
        run=record,
        description="Keep the answers of a survey, masked, and say which score speaks for them.",
        parameters=(Parameter(name="late", type="boolean", required=False, description="kept, but not counted"),),
        result=results.answer(
            {"instrument": results.text("Kind of score", "评分方式"), "score": results.whole("Score", "评分")}
        ),
    ),
)


def _reason(call: Call, connection: Connection, customer: Customer | None, about: str) -> str:
    """Why nobody is asked; nothing: he is."""
    if customer is None:
        return "UNKNOWN"
    if not customer.reachable or customer.status != "ACTIVE":
        return "NOT_REACHABLE"  # also where the true reason must not be known
    if any(one.category in CONFIDENTIAL or one.source in LEGAL for one in complaints.about(connection, [about])):
        return "EXCLUDED"
    since = call.at - timedelta(days=call.parameter("SURVEY_PAUSE_DAYS"))
    return "ASKED_LATELY" if repository.asked_since(connection, customer.id, since, other_than=call.case_id) else ""
