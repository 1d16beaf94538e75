"""The operators of call-backs: who calls, when the next attempt is, what was answered, what is restricted."""

from __future__ import annotations

from datetime import datetime, time
from typing import Any

from sqlalchemy import Connection

from engine.canonical import moment
from engine.operators import Call, Operator, Parameter

from .. import casework, records, results
from ..staff import repository as staff
from . import repository

GROUP = "csr"
PARTS = (("MORNING", time(9, 30)), ("AFTERNOON", time(14, 0)), ("EVENING", time(18, 30)))  # when a part may be tried
QUESTIONS = ("identityOk", "ownDecision", "knowsRisk", "readDocuments", "nobodyPromised")
PARTS_OF_DAY = {"MORNING": ("morning", "上午"), "AFTERNOON": ("afternoon", "下午"), "EVENING": ("evening", "晚上")}


def assign(call: Call) -> dict[str, Any]:
    """Choose a caller who had no part in the sale, with the fewest open call-backs, and set the term."""
    due = call.moment(f"{int(call.parameters['withinDays'])} BD")
    about, seller = str(call.parameters["about"]), str(call.parameters.get("seller") or "")
    with call.writing() as connection:
        sold_in = [about, *([call.parent] if call.parent else [])]
        caller = _caller(connection, {seller} | records.people_of(connection, sold_in))
        repository.begin(
            connection,
            {
                "case_id": call.case_id,
                "case_number": call.case_number,
                "customer_id": casework.customer_id(call),
                "about": about,
                "reason": str(call.parameters["reason"]),
                "seller": seller or None,
                "caller": caller or None,
                "due_at": due,
            },
        )
    return {"caller": caller, "dueAt": moment(due)}


def note(call: Call) -> dict[str, Any]:
    """Write down an attempt, and say when the next one is: on another day, in a part of the day not tried yet."""
    part = _part(call.calendars.local(call.at))
    reached = bool(call.parameters["reached"])
    entry = {"key": call.key, "at": moment(call.at), "part": part, "by": call.by, "reached": reached}
    with call.writing() as connection:
        known = repository.get(connection, call.case_id)
        if known is None:
            raise ValueError("this case is no call-back that was assigned")
        attempts = [*(one for one in known["attempts"] if one["key"] != call.key), entry]
        repository.change(connection, call.case_id, attempts=attempts)
    tried = [one["part"] for one in attempts]
    name, begins = next((each for each in PARTS if each[0] not in tried), PARTS[0])
    day = call.calendars.local(call.moment("1 BD")).date()
    at = datetime.combine(day, begins, call.calendars.zone)
    return {"attempts": len(attempts), "part": part, "nextPart": name, "nextAt": moment(at)}


def close(call: Call) -> dict[str, Any]:
    """Close a call-back with its answers; who was reached and agreed is no longer restricted."""
    said = call.parameters.get("answers") or {}
    answers = {name: said[name] for name in QUESTIONS if said.get(name)}
    outcome = str(call.parameters["outcome"])
    with call.writing() as connection:
        repository.change(connection, call.case_id, outcome=outcome, answers=answers, closed_at=call.at)
        identity = casework.customer_id(call)
        if outcome == "CONFIRMED" and identity:
            repository.lift(connection, identity, call.at)
    return {"closedAt": moment(call.at)}


def restrict(call: Call) -> dict[str, Any]:
    """Restrict what is sold to the customer until he has been reached."""
    level = int(call.parameter("CALLBACK_RESTRICT_FROM"))
    identity = casework.customer_id(call)
    if identity is None:
        raise ValueError("nobody is named whose purchases could be restricted")
    with call.writing() as connection:
        repository.restrict(connection, f"callback:{call.case_id}", identity, level, "NOT_REACHED", call.at)
    return {"riskLevel": level}


def _caller(connection: Connection, involved: set[str]) -> str:
    """Who has the fewest open call-backs of those who had no part in it; nobody is empty."""
    load = repository.open_by_caller(connection)
    free = [one.id for one in staff.people(connection, GROUP) if one.active and one.id not in involved]
    return min(sorted(free), key=lambda name: load.get(name, 0), default="")


def _part(local: datetime) -> str:
    return next((name for name, begins in reversed(PARTS) if local.time() >= begins), PARTS[0][0])


def _local(name: str, run: Any, description: str, result: dict[str, Any], *parameters: Parameter) -> Operator:
    schema = results.answer(result)
    return Operator(name=name, kind="local", run=run, description=description, parameters=parameters, result=schema)


OPERATORS = (
    _local(
        "callback/assign",
        assign,
        "Choose a caller who had no part in the sale.",
        {"caller": results.staff("Caller", "回访人员"), "dueAt": results.moment("To be called by", "回访期限")},
        Parameter(name="withinDays", type="number", description="business days"),
        Parameter(name="reason", type="string", description="why the customer is called"),
        Parameter(name="about", type="string", description="number of the order or case"),
        Parameter(name="seller", type="string", required=False, description="staff id that must not call"),
    ),
    _local(
        "callback/note",
        note,
        "Write down an attempt and plan the next.",
        {
            "attempts": results.whole("Attempts", "已尝试次数"),
            "part": results.choice("Time of the attempt", "本次时段", PARTS_OF_DAY),
            "nextPart": results.choice("Time of the next attempt", "下次时段", PARTS_OF_DAY),
            "nextAt": results.moment("Next attempt", "下次回访时间"),
        },
        Parameter(name="reached", type="boolean", description="whether the customer was reached"),
    ),
    _local(
        "callback/close",
        close,
        "Close the call-back with what was answered.",
        {"closedAt": results.moment("Closed", "结束时间")},
        Parameter(name="outcome", type="string", description="CONFIRMED, REMEDY, COMPLAINT, NOTHING or NOT_REACHED"),
        Parameter(name="answers", type="context", required=False, description="the form of the call"),
    ),
    _local(
        "callback/restrict",
        restrict,
        "Restrict what is sold to the customer.",
        {"riskLevel": results.whole("Nothing above risk level", "可售最高风险等级")},
    ),
)
