"""The operator that gives the table of contact permissions its facts."""

from __future__ import annotations

from typing import Any

from engine.canonical import moment
from engine.operators import Call, Operator, Parameter

from .. import casework, results
from ..customers import repository as customers
from . import facts

REACH = results.answer(
    {
        "barred": results.truth("May not be contacted", "禁止触达"),
        "criticalComplaint": results.truth("Serious complaint open", "有重大投诉在办"),
        "adsRefused": results.truth("Refuses advertising", "拒收营销信息"),
        "coolingOff": results.truth("In a cooling-off period", "处于冷静期"),
        "minuteOfDay": results.whole("Minute of the day", "当日第几分钟"),
        "holiday": results.truth("Holiday", "节假日"),
        "attempts30": results.whole("Attempts in 30 days", "30天内触达次数"),
        "marketing7": results.whole("Advertising in 7 days", "7天内营销次数"),
        "vulnerable": results.truth("Needs care", "需特别关注"),
        "nextAt": results.moment("Next possible", "最早可触达时间"),
    }
)


def reach(call: Call) -> dict[str, Any]:
    """The facts about the customer of the case, now."""
    with call.writing() as connection:
        identity = casework.customer_id(call)
        customer = customers.get(connection, identity) if identity else None
        found = facts.reach(connection, customer, call.calendars, call.at)
    return {
        "barred": found.barred,
        "criticalComplaint": found.critical_complaint,
        "adsRefused": found.ads_refused,
        "coolingOff": found.cooling_off,
        "minuteOfDay": found.minute_of_day,
        "holiday": found.holiday,
        "attempts30": found.attempts_30,
        "marketing7": found.marketing_7,
        "vulnerable": found.vulnerable,
        "nextAt": moment(found.next_at),
    }


OPERATORS = (
    Operator(
        name="contact/facts",
        kind="local",
        run=reach,
        description="What decides whether the customer may be contacted now; the table contact_permission reads it.",
        parameters=(
            Parameter(name="customerId", type="string", required=False, description="else the case's customer"),
        ),
        result=REACH,
    ),
)
