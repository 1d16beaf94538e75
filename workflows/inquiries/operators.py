"""The operator that closes an inquiry."""

from __future__ import annotations

from typing import Any

from engine.canonical import moment
from engine.operators import Call, Operator, Parameter

from .. import casework, records, results
from ..customers import repository as customers
from . import repository

ANSWERED_BY = "Answer"  # the element at which somebody answers the customer

CLOSED = results.answer(
    {
        "closedAt": results.moment("Closed", "结束时间"),
        "number": results.text("Case number", "工单编号"),
        "agent": results.staff("Answered by", "答复人"),
    }
)


def close(call: Call) -> dict[str, Any]:
    """Keep the knowledge gap; the number of the case and who answered in it are what a survey must know."""
    with call.writing() as connection:
        identity = casework.customer_id(call)
        customer = customers.get(connection, identity) if identity else None
        repository.close(
            connection,
            case_id=call.case_id,
            case_number=call.case_number,
            customer_id=customer.id if customer else None,
            at=call.at,
            knowledge_gap=str(call.parameters.get("gap") or ""),
        )
        agent = records.who_did(connection, call.case_id, ANSWERED_BY)
    return {"closedAt": moment(call.at), "number": call.case_number, "agent": agent or ""}


OPERATORS = (
    Operator(
        name="inquiry/close",
        kind="local",
        run=close,
        description="Close an inquiry: keep the knowledge gap.",
        parameters=(Parameter(name="gap", type="string", required=False, description="what we did not know"),),
        result=CLOSED,
    ),
)
