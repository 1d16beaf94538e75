"""What trading asks of the outside: a registrar that confirms orders, and a bank that moves money.

An answer comes as a message to the case of the call: `registrar_confirmed`, `payment_debited`.
"""

from __future__ import annotations

from typing import Protocol

from engine.operators import Call

from .model import Order
from .payments import Payment

REGISTRAR_CONFIRMED = "registrar_confirmed"
PAYMENT_DEBITED = "payment_debited"


class Registrar(Protocol):
    """The share registrar (TA) of a fund."""

    def take(self, call: Call, order: Order) -> None:
        """Take an order from the order file; a second time nothing may happen."""


class Bank(Protocol):
    """The bank that holds the customer's money."""

    def debit(self, call: Call, order: Order, payment: Payment) -> None:
        """Take the money of an order from the customer's card."""

    def refund(self, call: Call, order: Order, payment: Payment) -> None:
        """Give money of an order back to the customer's card."""
