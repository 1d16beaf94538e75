"""The operators of the monthly analysis: count, rank, record improvements, measure what they have changed."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from engine.operators import Call, Operator, Parameter

from ..calendar import SHANGHAI, business_date
from ..surveys import repository as surveys
from . import analysis, improvements, repository
from .model import Item

COUNTED = {
    "type": "array",
    "items": {
        "type": "object",
        "properties": {
            "name": {"type": "string"},
            "n": {"type": "integer"},
            "dissatisfied": {"type": "integer"},
        },
    },
}
TOPIC = {
    "type": "object",
    "properties": {
        "topic": {"type": "string"},
        "n": {"type": "integer"},
        "dissatisfied": {"type": "integer"},
        "trend": {"type": ["integer", "null"]},
        "severity": {"type": "number"},
        "reach": {"type": "integer"},
        "examples": {"type": "array", "items": {"type": "string"}},
    },
}
STATISTICS = {
    "type": "object",
    "properties": {
        "period": {"type": "string"},
        "n": {"type": "integer"},
        "previous": {"type": "integer"},
        "topics": {"type": "array", "items": TOPIC},
        "channels": COUNTED,
        "teams": COUNTED,
        "products": COUNTED,
        "processes": COUNTED,
        "surveys": {
            "type": "object",
            "properties": {name: {"type": "integer"} for name in ("sent", "answered", "declined", "expired")},
        },
    },
    "required": "period n previous topics channels teams products processes surveys".split(),
}
ROUND = {"type": "object", "properties": {"round": {"type": "integer"}}, "required": ["round"]}


def statistics(call: Call) -> dict[str, Any]:
    """Count the feedback of a month: by topic, channel, team, product and version of the process."""
    named = call.parameters.get("period")
    period = analysis.Period.of(str(named)) if named else analysis.Period.before(call.at)
    with call.writing() as connection:
        items = repository.between(connection, period.begins, period.ends)
        earlier = repository.between(connection, period.previous.begins, period.begins)
        answered = surveys.rates(connection, period.begins, period.ends)
    return {
        "period": period.name,
        "n": len(items),
        "previous": len(earlier),
        "topics": analysis.topics(items, earlier),
        "channels": analysis.counted(items, lambda one: one.channel),
        "teams": analysis.counted(items, lambda one: one.team),
        "products": analysis.counted(items, lambda one: one.product),
        "processes": analysis.counted(items, _version),
        "surveys": answered,
    }


def rank(call: Call) -> list[dict[str, Any]]:
    """Rank the deficits that were analysed: frequency × severity × reach ÷ effort."""
    efforts = {one["topic"]: int(one["effort"]) for one in call.parameters["deficits"]}
    return analysis.ranked(call.parameters["topics"], efforts)


def improve(call: Call) -> dict[str, Any]:
    """Record the approved improvements, with how things are before them."""
    period = analysis.Period.of(str(call.parameters["period"]))
    with call.writing() as connection:
        number = improvements.rounds(connection, call.case_id) + 1
        items = repository.between(connection, period.begins, period.ends)
        for given in call.parameters["proposals"]:
            improvements.record(
                connection,
                case_id=call.case_id,
                case_number=call.case_number,
                round=number,
                period=period.name,
                topic=given["topic"],
                proposal=given["proposal"],
                owner=given["owner"],
                due=date.fromisoformat(given["due"]),
                expected=given["expected"],
                before=analysis.in_month(_dissatisfied(items, given["topic"]), period.days),
                at=call.at,
            )
    return {"round": number}


def release(call: Call) -> dict[str, Any]:
    """Note since which day the improvements of a round work."""
    round = int(call.parameters["round"])
    with call.writing() as connection:
        improvements.release(connection, call.case_id, round, date.fromisoformat(call.parameters["on"]))
    return {"round": round}


def effect(call: Call) -> dict[str, Any]:
    """Compare how many are dissatisfied since the release and before; better is what is better in every topic."""
    with call.writing() as connection:
        found = improvements.of_round(connection, call.case_id, int(call.parameters["round"]))
        measured = []
        for one in found:
            since = one.released_on or business_date(one.recorded_at)
            items = repository.between(
                connection, datetime(since.year, since.month, since.day, tzinfo=SHANGHAI), call.at
            )
            after = analysis.in_month(_dissatisfied(items, one.topic), (business_date(call.at) - since).days)
            improvements.measure(connection, one.id, after, better=after < one.before, at=call.at)
            measured.append({"topic": one.topic, "before": one.before, "after": after, "better": after < one.before})
    return {"better": all(one["better"] for one in measured), "topics": measured}


OPERATORS = (
    Operator(
        name="feedback/statistics",
        kind="local",
        run=statistics,
        description="Count the feedback of a month by topic, channel, team, product and process version.",
        parameters=(Parameter(name="period", type="string", required=False, description="2026-11; else last month"),),
        result=STATISTICS,
    ),
    Operator(
        name="feedback/rank",
        kind="local",
        run=rank,
        description="Rank deficits by frequency × severity × reach ÷ effort.",
        parameters=(
            Parameter(name="topics", type="list", description="those of the statistics"),
            Parameter(name="deficits", type="list", description="topic and effort of what was analysed"),
        ),
        result={"type": "array", "items": {"type": "object"}},
    ),
    Operator(
        name="feedback/improve",
        kind="local",
        run=improve,
        description="Record the approved improvements of a month.",
        parameters=(
            Parameter(name="period", type="string"),
            Parameter(name="proposals", type="list", description="topic, proposal, owner, due, expected"),
        ),
        result=ROUND,
    ),
    Operator(
        name="feedback/release",
        kind="local",
        run=release,
        description="Note since when the improvements of a round work.",
        parameters=(
            Parameter(name="round", type="number"),
            Parameter(name="on", type="string", description="a date"),
        ),
        result=ROUND,
    ),
    Operator(
        name="feedback/effect",
        kind="local",
        run=effect,
        description="Measure what the improvements of a round have changed.",
        parameters=(Parameter(name="round", type="number"),),
        result={
            "type": "object",
            "properties": {
                "better": {"type": "boolean"},
                "topics": {"type": "array", "items": {"type": "object"}},
            },
            "required": ["better", "topics"],
        },
    ),
)


def _version(item: Item) -> str | None:
    return f"{item.process} {item.process_version}" if item.process else None


def _dissatisfied(items: Iterable[Item], topic: str) -> int:
    return sum(one.dissatisfied for one in items if topic in one.topics)
