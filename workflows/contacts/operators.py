"""The operator that gives the table of contact permissions its facts."""

from __future__ import annotations

from typing import Any

from engine.canonical import moment
from engine.operators import Call, Operator, Parameter

from .. import casework
from ..customers import repository as customers
from . import facts

REACH = {
    "type": "object",
    "properties": {
        "barred": {"type": "boolean"},
        "criticalComplaint": {"type": "boolean"},
        "adsRefused": {"type": "boolean"},
        "coolingOff": {"type": "boolean"},
        "minuteOfDay": {"type": "integer"},
        "holiday": {"type": "boolean"},
        "attempts30": {"type": "integer"},
        "marketing7": {"type": "integer"},
        "vulnerable": {"type": "boolean"},
        "nextAt": {"type": "string", "format": "date-time"},
    },
    "required": (
        "barred criticalComplaint adsRefused coolingOff minuteOfDay holiday attempts30 marketing7 vulnerable nextAt"
    ).split(),
}


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
