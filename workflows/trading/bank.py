"""The bank that comes with the product: it takes the money some minutes later, or never, by chance out of the order."""

from __future__ import annotations

from datetime import timedelta
from random import Random

from engine.operators import Call

from .model import Order
from .payments import Payment
from .ports import PAYMENT_DEBITED


class SampleBank:
    """Answers by itself; no money moves."""

    def debit(self, call: Call, order: Order, payment: Payment) -> None:
        """Say some minutes later that the money was taken, or say nothing."""
        if Random(f"bank {order.number}").random() * 100 < call.parameter("BANK_UNPAID_PERCENT"):
            return
        at = call.at + timedelta(minutes=int(call.parameter("BANK_DEBIT_MINUTES")))
        call.post(PAYMENT_DEBITED, {"amount": payment.amount}, at=at, message_id=f"debit:{payment.key}")

    def refund(self, call: Call, order: Order, payment: Payment) -> None:
        """Take the money back without a word; a refund is never refused."""
