"""The operators of the monthly analysis: count, rank, record improvements, measure what they have changed."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from engine.operators import Call, Operator, Parameter

from .. import results
from ..calendar import SHANGHAI, business_date
from ..surveys import repository as surveys
from . import analysis, improvements, repository
from .model import Item

N = results.whole("Items", "反馈数")
DISSATISFIED = results.whole("Dissatisfied", "不满意数")
COUNTED = results.answer({"name": results.text("Name", "名称"), "n": N, "dissatisfied": DISSATISFIED})
TOPIC = {
    "topic": results.text("Topic", "主题"),
    "n": N,
    "dissatisfied": DISSATISFIED,
    "trend": results.whole_or_none("Change, %", "变化（%）"),
    "severity": results.number("Severity, 0 to 1", "严重程度（0至1）"),
    "reach": results.whole("Customers", "涉及客户数"),
    "examples": results.listed("Examples", "示例"),
}
RANKED = TOPIC | {"effort": results.whole("Effort", "工作量"), "value": results.number("Worth", "改进价值")}
COPIED = ("dissatisfied", "trend", "examples")  # from the statistics, as far as they were given
MEASURED = {
    "topic": results.text("Topic", "主题"),
    "before": results.number("Dissatisfied in 30 days, before", "改进前30天不满意数"),
    "after": results.number("Dissatisfied in 30 days, after", "改进后30天不满意数"),
    "better": results.truth("Better", "有改善"),
}
STATISTICS = results.answer(
    {
        "period": results.text("Month", "月份"),
        "n": N,
        "previous": results.whole("Items of the month before", "上月反馈数"),
        "topics": results.listed("By topic", "按主题", results.answer(TOPIC)),
        "channels": results.listed("By channel", "按渠道", COUNTED),
        "teams": results.listed("By team", "按团队", COUNTED),
        "products": results.listed("By product", "按产品", COUNTED),
        "processes": results.listed("By version of the process", "按流程版本", COUNTED),
        "surveys": results.group(
            "Surveys",
            "问卷",
            {
                "sent": results.whole("Sent", "已发送"),
                "answered": results.whole("Answered", "已答复"),
                "declined": results.whole("Declined", "已拒绝"),
                "expired": results.whole("Expired", "已过期"),
            },
        ),
    }
)
ROUND = results.answer({"round": results.whole("Round", "轮次")})


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
        result=results.listed("Deficits, the worst first", "不足排序", results.answer(RANKED, COPIED)),
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
        result=results.answer(
            {
                "better": results.truth("Better in every topic", "各主题均有改善"),
                "topics": results.listed("By topic", "按主题", results.answer(MEASURED)),
            }
        ),
    ),
)


def _version(item: Item) -> str | None:
    return f"{item.process} {item.process_version}" if item.process else None


def _dissatisfied(items: Iterable[Item], topic: str) -> int:
    return sum(one.dissatisfied for one in items if topic in one.topics)
