"""What a case hands to the text of a message, as its reader gets it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import Connection

from workflows.outbox.values import spoken
from workflows.outbox.wording import REASONS


@pytest.mark.parametrize(
    ("given", "en", "zh"),
    [
        (5, "5.00", "5.00"),
        (Decimal("1234567.5"), "1,234,567.50", "1,234,567.50"),
        (Decimal("1.0482"), "1.0482", "1.0482"),
        (Decimal("1E+3"), "1,000.00", "1,000.00"),
        (0, "0.00", "0.00"),
        ("2026-11-05", "5 November 2026", "2026年11月5日"),
        ("2026-11-05T23:30:00Z", "6 November 2026", "2026年11月6日"),
        ("about 2026-11-05", "about 2026-11-05", "about 2026-11-05"),
        (None, "", ""),
    ],
)
def test_amounts_and_days(known: Connection, given: Any, en: str, zh: str) -> None:
    assert spoken(known, {"it": given}, "en") == {"it": en}
    assert spoken(known, {"it": given}, "zh") == {"it": zh}


def test_a_fund_is_named_in_the_language(known: Connection) -> None:
    assert spoken(known, {"fundCode": "990001"}, "zh") == {"fundCode": "990001", "fund": "云杉样例天天盈货币A"}
    assert spoken(known, {"fundCode": "990001"}, "en")["fund"] == "Spruce Demo Daily Cash MMF A"
    assert spoken(known, {"fundCode": "123456"}, "en")["fund"] == "123456"


def test_reasons_are_lines_each_once(known: Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(REASONS, "X1", {"en": "The fund is closed.", "zh": "基金处于封闭期。"})
    said = spoken(known, {"codes": ["X1", "X1", "Written by hand"]}, "zh")
    assert said == {"reasons": "- 基金处于封闭期。\n- Written by hand"}
    assert spoken(known, {"codes": []}, "en") == {"reasons": ""}
