"""The operators of one item of feedback: take it in, tag it, find who follows it up, close it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection

from engine.canonical import moment
from engine.operators import Call, Operator, Parameter

from .. import casework, records, results
from ..customers import repository as customers
from ..funds import repository as funds
from ..interactions import repository as interactions
from ..staff import repository as staff
from ..surveys import repository as surveys
from . import freetext, repository, tagging
from .model import Item

FUND = re.compile(r"(?<!\d)\d{6}(?!\d)")
DEFAULT_CHANNEL = "APP"
ROLES = ("csl", "chs")  # who follows up where nobody else of the role may
FRONT = "csr"
COMPLAINT = "COMPLAINT"
TAGGED = results.answer(
    {
        "topics": results.listed("Topics", "主题"),
        "sentiment": results.number("Sentiment, -1 to 1", "情绪（-1至1）"),
        "confidence": results.number("Confidence, 0 to 1", "置信度（0至1）"),
        "complaintIntent": results.truth("Sounds like a complaint", "有投诉意向"),
        "dataError": results.truth("Reports wrong data", "反映数据错误"),
    }
)
CAPTURED = results.answer(
    {
        "number": results.text("Case number", "工单编号"),
        "capturedAt": results.moment("Taken in", "收到时间"),
        "known": results.truth("Of a customer on record", "来自在册客户"),
        "tier": results.text("Tier", "客户层级"),
        "duplicate": results.truth("Repeats another one", "重复反馈"),
        "duplicateOf": results.text("Which one it repeats", "所重复的反馈"),
        "instrument": results.text("Kind of score", "评分方式"),
        "score": results.whole_or_none("Score", "评分"),
        "text": {**results.text("Text", "内容"), "x-personal": True},
        "textPresent": results.truth("Has a text", "有文字内容"),
        "answered": results.truth("Answered", "已答复"),
        "contactAllowed": results.truth("May be contacted", "允许联系"),
        "channel": results.text("Channel", "渠道"),
        "agent": results.staff("Served by", "服务人员"),
    }
)


def capture(call: Call) -> dict[str, Any]:
    """Keep an item with its text masked; what is no parameter is read from what the case has received."""
    with call.writing() as connection:
        item = repository.capture(connection, _received(call, connection), days=call.parameter("FEEDBACK_REPEAT_DAYS"))
        customer = customers.get(connection, item.customer_id) if item.customer_id else None
    return {
        "number": item.case_number,
        "capturedAt": moment(item.captured_at),
        "known": customer is not None,
        "tier": customer.tier if customer else "",
        "duplicate": item.duplicate_of is not None,
        "duplicateOf": item.duplicate_of or "",
        "instrument": item.instrument or "",
        "score": item.score,
        "text": item.text,
        "textPresent": bool(item.text),
        "answered": item.answered,
        "contactAllowed": item.contact_allowed,
        "channel": item.channel or DEFAULT_CHANNEL,
        "agent": item.agent or "",
    }


def tag(call: Call) -> dict[str, Any]:
    """Say what the text of the item is about and how it sounds."""
    with call.writing() as connection:
        item = repository.get(connection, call.case_id)
        found = tagging.tagged(item.text if item else "")
        if item is not None and item.source == COMPLAINT:
            found = replace(found, complaint_intent=False)  # what came out of a complaint is not a new one
        repository.note_tag(connection, call.case_id, found)
    return {
        "topics": list(found.topics),
        "sentiment": found.sentiment,
        "confidence": found.confidence,
        "complaintIntent": found.complaint_intent,
        "dataError": found.data_error,
    }


def assign(call: Call) -> dict[str, Any]:
    """Find who follows an item up: never the one whom it is about."""
    role = str(call.parameters["role"])
    agent = str(call.parameters.get("agent") or "")
    with call.writing() as connection:
        group, person = _follower(connection, role, agent)
        repository.note_follower(connection, call.case_id, person or None)
    return {"group": group, "person": person}


def close(call: Call) -> dict[str, Any]:
    """Close an item with its class, its tag as it stands, and what it says of us."""
    given = call.parameters
    judged = str(given["class"])
    with call.writing() as connection:
        repository.close(
            connection,
            call.case_id,
            call.at,
            **{"class": judged},
            rule=str(given.get("rule") or ""),
            topics=casework.listed(given.get("topics")),
            sentiment=Decimal(given.get("sentiment") or 0),
            complaint_intent=bool(given.get("complaintIntent")),
            data_error=bool(given.get("dataError")),
            skill_gap=freetext.masked(str(given.get("skillGap") or "")),
            praise=judged == "PROMOTER",
        )
    return {"closedAt": moment(call.at)}


OPERATORS = (
    Operator(
        name="feedback/capture",
        kind="local",
        run=capture,
        description="Keep an item of feedback, masked, and say whether it repeats another one.",
        parameters=(
            Parameter(name="source", type="string", required=False),
            Parameter(name="customerId", type="string", required=False, description="else the case's customer"),
        ),
        result=CAPTURED,
    ),
    Operator(
        name="feedback/tag",
        kind="local",
        run=tag,
        description="Find topic, sentiment, complaint words and data errors in the text, by the lexicon.",
        result=TAGGED,
    ),
    Operator(
        name="feedback/assign",
        kind="local",
        run=assign,
        description="Find who follows the item up; never the one whom it is about.",
        parameters=(
            Parameter(name="role", type="string", description="the group that the table names"),
            Parameter(name="agent", type="string", required=False, description="staff id of whom it is about"),
        ),
        result=results.answer(
            {"group": results.text("Group", "小组"), "person": results.staff("Follows it up", "跟进人")}
        ),
    ),
    Operator(
        name="feedback/close",
        kind="local",
        run=close,
        description="Close the item of feedback with what it turned out to be.",
        parameters=(
            Parameter(name="class", type="string"),
            Parameter(name="rule", type="string", required=False),
            Parameter(name="topics", type="list", required=False),
            Parameter(name="sentiment", type="number", required=False),
            Parameter(name="complaintIntent", type="boolean", required=False),
            Parameter(name="dataError", type="boolean", required=False),
            Parameter(name="skillGap", type="string", required=False, description="what we could not do"),
        ),
        result=results.answer({"closedAt": results.moment("Closed", "结束时间")}),
    ),
)


def _received(call: Call, connection: Connection) -> Item:
    """The item as it came in, with what the case that it is about says of it."""
    said = call.data.get("received") or {}
    text = freetext.masked(_text(call, connection, said))
    related = _related(connection, said, call)
    agent = str(said.get("agent") or "") or None
    person = staff.get(connection, agent) if agent else None
    identity = casework.customer_id(call)
    return Item(
        case_id=call.case_id,
        case_number=call.case_number,
        customer_id=identity if identity and customers.exists(connection, identity) else None,
        source=str(call.parameters.get("source") or said.get("source") or ""),
        instrument=said.get("instrument"),
        score=None if said.get("score") is None else int(said["score"]),
        text=text,
        fingerprint=freetext.fingerprint(text),
        related_case=related.number if related else None,
        channel=_channel(connection, related),
        process=related.process if related else None,
        process_version=related.version if related else None,
        agent=agent,
        team=person.team if person else None,
        product=next((code for code in FUND.findall(text) if funds.exists(connection, code)), None),
        contact_allowed=bool(said.get("contactAllowed")),
        captured_at=call.at,
    )


def _text(call: Call, connection: Connection, said: Mapping[str, Any]) -> str:
    """What was written: given with the item, else the comment of the survey that it came from."""
    given = casework.opened(call, said.get("text"))
    if isinstance(given, str) and given:
        return given
    answered = surveys.get(connection, call.parent) if call.parent else None
    return answered.comment if answered else ""


def _related(connection: Connection, said: Mapping[str, Any], call: Call) -> records.Known | None:
    name = str(said.get("relatedCase") or call.parent or "")
    return records.known(connection, name) if name else None


def _channel(connection: Connection, related: records.Known | None) -> str | None:
    """By which channel the customer came in the case that the item is about."""
    contacts = interactions.of_cases(connection, [related.id, related.number]) if related else []
    return next((one.channel for one in contacts if one.direction == "IN"), None)


def _follower(connection: Connection, role: str, agent: str) -> tuple[str, str]:
    """The queue and the person: of customer service always one person, so that nobody else of it reads the item."""
    if role != FRONT and not any(one.id == agent for one in staff.people(connection, role)):
        return role, ""
    for group in (role, *ROLES):
        able = [one.id for one in staff.people(connection, group) if one.id != agent]
        if able:
            load = repository.open_by_follower(connection, able)
            return (ROLES[0] if group == FRONT else group), min(able, key=lambda one: (load.get(one, 0), one))
    return ROLES[0], ""
