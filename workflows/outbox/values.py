"""What a case hands to the text of a message, in the words of the reader: amounts, days, funds, reasons."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection

from ..funds import repository as funds
from .wording import REASONS, day, worded

MOMENT = re.compile(r"\d{4}-\d\d-\d\d(T\d\d:\d\d.*)?")


def spoken(connection: Connection, values: Mapping[str, Any], language: str) -> dict[str, str]:
    """Placeholders and their texts: of `fundCode` also `fund`, its name; of `codes` the `reasons`, a line for each."""
    texts = {name: _text(value, language) for name, value in values.items() if name != "codes"}
    if code := values.get("fundCode"):
        fund = funds.get(connection, str(code))
        texts["fund"] = fund.name(language) if fund else str(code)
    if "codes" in values:
        lines = [worded(REASONS, str(code), language) for code in values["codes"] or ()]
        texts["reasons"] = "\n".join(f"- {line}" for line in dict.fromkeys(lines))
    return texts


def _text(value: Any, language: str) -> str:
    if value is None:
        return ""
    if isinstance(value, (int, Decimal)) and not isinstance(value, bool):
        return money(value)
    text = str(value)
    return day(_moment(text), language) if MOMENT.fullmatch(text) else text


def money(amount: int | Decimal) -> str:
    """A number as an amount: two decimals at least, and commas between the thousands."""
    exact = Decimal(amount)
    places = max(2, -int(exact.normalize().as_tuple().exponent))
    return f"{exact:,.{places}f}"


def _moment(text: str) -> date:
    return datetime.fromisoformat(text) if "T" in text else date.fromisoformat(text)
