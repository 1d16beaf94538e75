"""The operators of the risk assessment: quota, score, putting in force, closing without a result."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from engine.operators import Call, Operator, Parameter

from .. import casework, results
from ..calendar import business_date, months_later
from ..customers.of_case import customer_of
from . import assessments, letters, questionnaire
from .doubts import doubts
from .quotas import quota

CLASS = results.text("Risk class", "风险承受能力等级")
VALID_TO = results.text("Assessed until", "测评有效期至")
OUTCOME = results.answer(
    {
        "done": results.truth("Put in force", "已生效"),
        "class": CLASS,
        "lowest": results.truth("Lowest class", "风险承受能力最低类别"),
        "validTo": VALID_TO,
        "reason": results.text("Reason", "原因"),
    }
)


def count(call: Call) -> dict[str, Any]:
    """Whether the customer may be assessed today, else from which day on."""
    with call.writing() as connection:
        one = customer_of(call, connection)
        taken = [business_date(found.taken_at) for found in assessments.of_customer(connection, one.id)]
    found = quota(
        taken,
        business_date(call.at),
        per_day=int(call.parameter("ASSESSMENTS_PER_DAY")),
        per_year=int(call.parameter("ASSESSMENTS_PER_YEAR")),
    )
    return {
        "allowed": found.allowed,
        "today": found.today,
        "inYear": found.in_year,
        "nextDate": _noon(found.next_date),
    }


def rate(call: Call) -> dict[str, Any]:
    """Score the answers that the case holds, keep what they come to, and say what is doubtful about it."""
    answers = casework.opened(call, call.data["answers"])
    points = questionnaire.score(answers)
    found = questionnaire.risk_class(points, _bands(call))
    with call.writing() as connection:
        one = customer_of(call, connection)
        before = assessments.latest(connection, one.id)
        kept = assessments.take(
            connection,
            customer_id=one.id,
            case_id=call.case_id,
            case_number=call.case_number,
            questionnaire=questionnaire.VERSION,
            answers_hash=questionnaire.answers_hash(answers),
            score=points,
            risk_class=found,
            at=call.at,
        )
    unlikely = doubts(
        answers,
        found,
        before,
        age=one.age(call.at),
        since=business_date(call.at) - timedelta(days=int(call.parameter("ASSESSMENT_JUMP_DAYS"))),
        levels=int(call.parameter("ASSESSMENT_JUMP_LEVELS")),
        taken=business_date(before.taken_at) if before else None,
    )
    return {
        "assessmentId": kept,
        "score": points,
        "class": found,
        "answersHash": questionnaire.answers_hash(answers),
        "natural": one.kind == "person",
        "capable": answers["capacity"] == "FULL",
        "bearsLoss": answers["bearsLoss"] == "YES",
        "restricted": answers["restricted"] == "YES",
        "doubts": unlikely,
        "validTo": _valid_to(call).isoformat(),
    }


def word(call: Call) -> dict[str, Any]:
    """The customer's result letter in his language: his class, what he may be offered, until when."""
    with call.writing() as connection:
        one = customer_of(call, connection)
    lowest = bool(call.parameters["lowest"])
    return {"text": letters.result(str(call.parameters["class"]), lowest, _valid_to(call), one.language)}


def enter(call: Call) -> dict[str, Any]:
    """Put an assessment in force that the customer has confirmed."""
    with call.writing() as connection:
        found = assessments.put_in_force(
            connection,
            int(call.parameters["assessmentId"]),
            lowest=bool(call.parameters["lowest"]),
            valid_to=_valid_to(call),
        )
    assert found.valid_to is not None
    return {
        "done": True,
        "class": found.risk_class,
        "lowest": found.lowest,
        "validTo": found.valid_to.isoformat(),
        "reason": "",
    }


def close(call: Call) -> dict[str, Any]:
    """End an assessment without a result; one that was taken already is dropped for the same reason."""
    reason, taken = str(call.parameters["reason"]), call.parameters.get("assessmentId")
    if taken is not None:
        with call.writing() as connection:
            assessments.drop(connection, int(taken), reason)
    return {"done": False, "class": "", "lowest": False, "validTo": "", "reason": reason}


def _bands(call: Call) -> dict[str, int]:
    """The scores at which the classes begin."""
    return {
        "C2": int(call.parameter("ASSESSMENT_C2_FROM")),
        "C3": int(call.parameter("ASSESSMENT_C3_FROM")),
        "C4": int(call.parameter("ASSESSMENT_C4_FROM")),
        "C5": int(call.parameter("ASSESSMENT_C5_FROM")),
    }


def _valid_to(call: Call) -> date:
    return months_later(business_date(call.at), int(call.parameter("ASSESSMENT_VALID_MONTHS")))


def _noon(day: date) -> str:
    return f"{day.isoformat()}T12:00:00+08:00"


WHO = Parameter(name="customerId", type="string", required=False, description="else the case's")
TAKEN = Parameter(name="assessmentId", type="number", description="what assessment/score gave")
LOWEST = Parameter(name="lowest", type="boolean", description="whether it is the lowest class")

OPERATORS = (
    Operator(
        name="assessment/quota",
        kind="local",
        run=count,
        description="Whether the customer may be assessed today, else from which day on.",
        parameters=(WHO,),
        result=results.answer(
            {
                "allowed": results.truth("May be assessed today", "今日可测评"),
                "today": results.whole("Assessments today", "今日测评次数"),
                "inYear": results.whole("Assessments this year", "本年测评次数"),
                "nextDate": results.text("Next possible", "最早可测评时间"),
            }
        ),
    ),
    Operator(
        name="assessment/score",
        kind="local",
        run=rate,
        description="Score the answers that the case holds as `answers`; say what is doubtful about them.",
        parameters=(WHO,),
        result=results.answer(
            {
                "assessmentId": results.whole("Number of the assessment", "测评编号"),
                "score": results.whole("Score", "得分"),
                "class": CLASS,
                "answersHash": results.text("Hash of the answers", "答案哈希值"),
                "natural": results.truth("Natural person", "自然人"),
                "capable": results.truth("Full legal capacity", "具有完全民事行为能力"),
                "bearsLoss": results.truth("Can bear losses", "能承受损失"),
                "restricted": results.truth("Restricted by a law or a court", "受法律或司法限制"),
                "doubts": results.listed("Doubts", "存疑之处"),
                "validTo": VALID_TO,
            }
        ),
    ),
    Operator(
        name="assessment/letter",
        kind="local",
        run=word,
        description="The text of the result letter in the customer's language.",
        parameters=(WHO, Parameter(name="class", type="string", description="C1 to C5"), LOWEST),
        result=results.answer({"text": results.text("Text", "正文")}),
    ),
    Operator(
        name="assessment/enter",
        kind="local",
        run=enter,
        description="Put a confirmed assessment in force; the one before is superseded.",
        parameters=(TAKEN, LOWEST),
        result=OUTCOME,
    ),
    Operator(
        name="assessment/close",
        kind="local",
        run=close,
        description="End without a result; an assessment that was taken is dropped (DISPUTED, UNCONFIRMED, VOID).",
        parameters=(
            Parameter(name="reason", type="string", description="a code"),
            Parameter(name="assessmentId", type="number", required=False, description="what was taken, if anything"),
        ),
        result=OUTCOME,
    ),
)
