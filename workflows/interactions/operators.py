"""The operator that keeps a contact record."""

from __future__ import annotations

from typing import Any

from engine.operators import Call, Operator, Parameter

from .. import casework
from ..results import answer, whole
from . import repository
from .model import SYSTEM

RECORDED = answer({"interactionId": whole("Contact record", "接触记录编号")})


def record(call: Call) -> dict[str, Any]:
    """Keep a contact with the customer of the case."""
    channel = call.parameters.get("channel") or casework.within(call.data, ("contact", "channel")) or "PHONE"
    with call.writing() as connection:
        identity = repository.record(
            connection,
            key=f"contact:{call.key}",
            channel=str(channel),
            direction=str(call.parameters.get("direction") or "IN"),
            at=call.at,
            by=str(call.parameters.get("by") or SYSTEM),
            summary=str(call.parameters.get("summary") or ""),
            case_id=call.case_id,
            case_number=call.case_number,
            customer_id=casework.customer_id(call),
        )
    return {"interactionId": identity}


OPERATORS = (
    Operator(
        name="interaction/record",
        kind="local",
        run=record,
        description="Keep a contact record.",
        parameters=(
            Parameter(name="summary", type="string", required=False, description="what was said, without names"),
            Parameter(name="channel", type="string", required=False, description="else the contact's"),
            Parameter(name="direction", type="string", required=False, description="IN (else) or OUT"),
            Parameter(name="by", type="string", required=False, description="staff id, else the system"),
            Parameter(name="customerId", type="string", required=False, description="else the case's customer"),
        ),
        result=RECORDED,
    ),
)
