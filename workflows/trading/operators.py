"""The operators of trading: facts for the checks, letters, acceptance, payments, the registrar, settlement."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection, func, select

from engine.canonical import moment
from engine.operators import Call, Operator, Parameter

from .. import casework, records
from ..customers.of_case import customer_of
from ..outbox import repository as outbox
from ..outbox.model import Message
from ..suitability.tables import suitability_opinion
from . import confirmations, letters, orders, payments
from .bank import SampleBank
from .facts import Asked, gather, money
from .model import ACCEPTED, BUYS, CANCELLED, PAID, RUNNING, SUBMITTED, UNPAID, Order
from .payments import DEBIT, REFUND, Payment
from .ports import Bank, Registrar
from .registrar import SampleRegistrar
from .results import ACCEPTANCE, CLOSED, FACTS, LETTER, REFUNDED, REQUESTED, SETTLED, TAKEN

GUIDE = "Guide"  # the task of whoever explained the application, and does not call back
LETTER_TEMPLATE = "risk-mismatch-warning"
CLOSES = {UNPAID: (ACCEPTED,), CANCELLED: (ACCEPTED, PAID)}  # what a state may follow
TERMS = (
    "targetFundCode extent payMethod redeemMode hugeRedemptionMode cycle day start instalments shareClass dividendMode"
).split()


def facts(call: Call) -> dict[str, Any]:
    """The inputs of the trade checks for an order as it is on the form."""
    with call.writing() as connection:
        asked = Asked(
            connection=connection,
            calendars=call.calendars,
            parameter=call.parameter,
            at=call.at,
            case_id=call.case_id,
            customer=customer_of(call, connection),
            order=call.parameters["order"],
            channel=str(call.parameters.get("channel") or ""),
        )
        return gather(asked)


def warn(call: Call) -> dict[str, Any]:
    """Keep the warning letter that the customer has signed, with the text as he was shown it."""
    signed = casework.opened(call, call.parameters["signed"]) or {}
    with call.writing() as connection:
        customer, shown = customer_of(call, connection), _shown(call, connection)
        text = shown.body if shown else ""
        values: dict[str, Any] = {
            "key": f"letter:{call.key}",
            "case_id": call.case_id,
            "customer_id": customer.id,
            "fund_code": str(call.parameters["fundCode"]),
            "risk_class": int(call.parameters["c"]),
            "risk_level": int(call.parameters["r"]),
            "language": shown.language if shown else customer.language,
            "text": text,
            "points": sorted(name for name, ticked in signed.items() if ticked is True),
            "statement": str(signed.get("statement") or ""),
            "signed_at": call.at,
        }
        signature = letters.signed(str(signed.get("signature") or ""), text)
        letter = letters.keep(connection, values | {"signature": signature})
    return {"letterId": letter, "signedAt": moment(call.at)}


def accept(call: Call) -> dict[str, Any]:
    """Accept the order that the customer has signed; a case has one order, whoever asks again gets the same."""
    with call.writing() as connection:
        kept = orders.accept(connection, _order_values(call, connection))
        return {
            "orderId": kept.id,
            "orderNumber": kept.number,
            "caseNumber": kept.case_number,
            "acceptedAt": moment(kept.accepted_at),
            "amount": kept.amount or Decimal(0),
            "shares": kept.shares or Decimal(0),
        }


def close(call: Call) -> dict[str, Any]:
    """Close an order that was not paid or was cancelled in time; what is past that stays what it is."""
    wanted = str(call.parameters["status"])
    if wanted not in CLOSES:
        raise ValueError(f"{wanted} is no state that closes an order; there are {', '.join(CLOSES)}")
    with call.writing() as connection:
        order = _order_of(call, connection)
        if order.status in CLOSES[wanted]:
            orders.change(connection, order.id, wanted)
            return {"status": wanted}
        return {"status": order.status}


def paid(call: Call) -> dict[str, Any]:
    """Record that the bank has taken the money of the order."""
    with call.writing() as connection:
        order = _order_of(call, connection)
        payments.settle(connection, order.id, DEBIT, call.at)
        if order.status == ACCEPTED:
            orders.change(connection, order.id, PAID)
    return {"status": PAID}


def settle(call: Call) -> dict[str, Any]:
    """Book what the registrar confirmed into the holding, and say what goes back and what a call-back asks."""
    with call.writing() as connection:
        order = _order_of(call, connection)
        said = confirmations.settle(
            connection, order, confirmations.read(call.parameters["confirmation"], order), call.at
        )
        first = not orders.any_confirmed(connection, order.customer_id, other_than=order.id)
        guide = records.who_did(connection, call.case_id, GUIDE) or ""
    return {
        "outcome": said.outcome,
        "amount": said.amount,
        "shares": said.shares,
        "nav": said.nav or Decimal(0),
        "fee": said.fee,
        "navDate": (said.nav_date or order.trade_date).isoformat(),
        "confirmDate": said.confirm_date.isoformat(),
        "reason": said.reason or "",
        "refund": confirmations.refundable(order, said),
        "firstPurchase": first and order.type in BUYS,
        "sample": drawn(order.number),
        "guide": guide,
    }


def drawn(number: str) -> int:
    """The lot that an order drew among 100: from its number, so that nobody chooses whom a sample meets."""
    return int.from_bytes(sha256(number.encode()).digest()[:4], "big") % 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """What works with the outside: the registrar and the bank of an installation."""

    registrar: Registrar
    bank: Bank

    def request(self, call: Call) -> dict[str, Any]:
        """Ask the bank for the money of the order."""
        with call.writing() as connection:
            order = _order_of(call, connection)
            wanted = Payment(
                key=f"debit:{order.number}", order_id=order.id, kind=DEBIT, amount=order.amount or Decimal(0)
            )
            asked = payments.ask(connection, wanted, call.at)
        self.bank.debit(call, order, asked)
        return {"amount": asked.amount}

    def refund(self, call: Call) -> dict[str, Any]:
        """Give back what was taken for the order, or a part of it; what is not there does not go back."""
        with call.writing() as connection:
            order = _order_of(call, connection)
            wanted = call.parameters.get("amount")
            held = payments.held(connection, order.id)
            amount = held if wanted is None else min(money(wanted), held)
            asked = Payment(key=f"refund:{order.number}", order_id=order.id, kind=REFUND, amount=amount)
            if amount > 0:
                asked = payments.ask(connection, asked, call.at)
                payments.settle(connection, order.id, REFUND, call.at)
        if amount > 0:
            self.bank.refund(call, order, asked)
        return {"amount": asked.amount}

    def submit(self, call: Call) -> dict[str, Any]:
        """Send the order to the registrar with the file of the evening; a second time it changes nothing."""
        with call.writing() as connection:
            order = _order_of(call, connection)
            if order.status in (ACCEPTED, PAID):
                orders.change(connection, order.id, SUBMITTED, submitted_at=call.at)
        if order.status in RUNNING:
            self.registrar.take(call, order)
        submitted = order.submitted_at or call.at
        return {"submittedAt": moment(submitted), "confirmDate": order.confirm_date.isoformat()}


def operators(registrar: Registrar | None = None, bank: Bank | None = None) -> tuple[Operator, ...]:
    """The operators of trading, with the registrar and the bank of an installation or those that come with it."""
    desk = Desk(registrar=registrar or SampleRegistrar(), bank=bank or SampleBank())
    return (
        _local("trade/facts", facts, "The inputs of the trade checks, as they stand now.", FACTS, ORDER, CHANNEL),
        _local("trade/warn", warn, "Keep the signed risk-mismatch warning letter.", LETTER, *SIGNED),
        _local("trade/accept", accept, "Accept the signed order, once in a case.", ACCEPTANCE, *APPLICATION),
        _local("trade/paid", paid, "Record that the order is paid.", CLOSED),
        _local("trade/close", close, "Close an order that is unpaid or cancelled.", CLOSED, STATUS),
        _local("trade/settle", settle, "Book the registrar's confirmation.", SETTLED, CONFIRMATION),
        _remote("payment/request", desk.request, "Ask the bank for the money of the order.", REQUESTED),
        _remote("payment/refund", desk.refund, "Give money of the order back.", REFUNDED, AMOUNT),
        _remote("registrar/submit", desk.submit, "Send the order to the registrar.", TAKEN),
    )


ORDER = Parameter(name="order", type="context", description="the order as it is on the form")
CHANNEL = Parameter(name="channel", type="string", required=False, description="where the customer is")
STATUS = Parameter(name="status", type="string", description="UNPAID or CANCELLED")
AMOUNT = Parameter(name="amount", type="number", required=False, description="yuan, else all that was taken")
CONFIRMATION = Parameter(name="confirmation", type="context", description="the registrar's message")
SIGNED = (
    Parameter(name="signed", type="context", description="the form of the customer's answer"),
    Parameter(name="fundCode", type="string"),
    Parameter(name="c", type="number", description="the customer's class"),
    Parameter(name="r", type="number", description="the fund's risk level"),
)
APPLICATION = (
    ORDER,
    CHANNEL,
    Parameter(name="shares", type="number", description="how many shares are sold"),
    Parameter(name="application", type="context", description="the form of the customer's answer"),
    Parameter(name="initiative", type="string"),
    Parameter(name="decision", type="string", description="of the suitability table"),
    Parameter(name="tradeDate", type="string"),
    Parameter(name="confirmDate", type="string"),
    Parameter(name="evidence", type="context", description="ids of letter, recording, recommendation"),
    Parameter(name="flags", type="list", description="codes for the officers against money laundering"),
)


def _local(name: str, run: Any, description: str, result: Any, *parameters: Parameter) -> Operator:
    return Operator(name=name, kind="local", run=run, description=description, parameters=parameters, result=result)


def _remote(name: str, run: Any, description: str, result: Any, *parameters: Parameter) -> Operator:
    return Operator(name=name, kind="remote", run=run, description=description, parameters=parameters, result=result)


def _shown(call: Call, connection: Connection) -> Message | None:
    sent = outbox.newest(connection, case_id=call.case_id)
    return next((message for message in sent if message.template == LETTER_TEMPLATE), None)


def _order_of(call: Call, connection: Connection) -> Order:
    found = orders.of_case(connection, call.case_id)
    if found is None:
        raise ValueError("no order has been accepted in this case")
    return found


def _order_values(call: Call, connection: Connection) -> dict[str, Any]:
    given, said = call.parameters, call.parameters["order"]
    application = casework.opened(call, given["application"]) or {}
    buys = said["orderType"] in BUYS
    return {
        "key": f"order:{call.case_id}",
        "number": "O" + call.case_number.split("-", 1)[-1],
        "case_id": call.case_id,
        "case_number": call.case_number,
        "customer_id": customer_of(call, connection).id,
        "fund_code": said["fundCode"],
        "type": said["orderType"],
        "amount": money(said.get("amount")) if buys else None,
        "shares": None if buys else money(given["shares"]),
        "terms": {name: _plain(said[name]) for name in TERMS if said.get(name) is not None},
        "channel": str(given.get("channel") or ""),
        "initiative": given["initiative"],
        "accepted_at": call.at,
        "trade_date": date.fromisoformat(given["tradeDate"]),
        "confirm_date": date.fromisoformat(given["confirmDate"]),
        "status": ACCEPTED,
        "decision": given["decision"],
        "evidence": _evidence(call, connection, given["evidence"]),
        "flags": list(given["flags"]),
        "signed_at": call.at,
        "signature": letters.signed(str(application.get("signature") or ""), f"{call.case_number}"),
    }


def _evidence(call: Call, connection: Connection, named: Mapping[str, Any]) -> dict[str, Any]:
    """The ids of what proves that the sale was in order; the newest opinion of the case is that of this order."""
    query = select(func.max(suitability_opinion.c.id)).where(suitability_opinion.c.case_id == call.case_id)
    opinion = connection.execute(query).scalar()
    kept = {name: _plain(value) for name, value in named.items() if value}
    return kept if opinion is None else kept | {"opinionId": int(opinion)}


def _plain(value: Any) -> Any:
    return str(value) if isinstance(value, Decimal) else value


OPERATORS = operators()
