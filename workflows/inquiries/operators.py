"""The operator that closes an inquiry."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from engine.canonical import moment
from engine.operators import Call, Operator, Parameter

from .. import casework
from ..customers import repository as customers
from . import repository

CLOSED = {
    "type": "object",
    "properties": {"closedAt": {"type": "string", "format": "date-time"}, "surveyPlanned": {"type": "boolean"}},
    "required": ["closedAt", "surveyPlanned"],
}


def close(call: Call) -> dict[str, Any]:
    """Keep the knowledge gap, and plan a survey unless the customer does not want one or was asked lately."""
    with call.writing() as connection:
        identity = casework.customer_id(call)
        customer = customers.get(connection, identity) if identity else None
        planned = None
        if call.parameters.get("survey") and customer is not None and customer.reachable:
            since = call.at - timedelta(days=call.parameter("SURVEY_PAUSE_DAYS"))
            if not repository.surveyed_since(connection, customer.id, since, other_than=call.case_id):
                planned = call.at + timedelta(hours=call.parameter("SURVEY_DELAY_HOURS"))
        repository.close(
            connection,
            case_id=call.case_id,
            case_number=call.case_number,
            customer_id=customer.id if customer else None,
            at=call.at,
            knowledge_gap=str(call.parameters.get("gap") or ""),
            survey_planned_at=planned,
        )
    return {"closedAt": moment(call.at), "surveyPlanned": planned is not None}


OPERATORS = (
    Operator(
        name="inquiry/close",
        kind="local",
        run=close,
        description="Close an inquiry: keep the knowledge gap, plan the survey.",
        parameters=(
            Parameter(name="gap", type="string", required=False, description="what we did not know"),
            Parameter(name="survey", type="boolean", required=False, description="whether the customer may be asked"),
        ),
        result=CLOSED,
    ),
)
