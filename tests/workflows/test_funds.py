"""The twenty funds, found by code and by name in both languages."""

from __future__ import annotations

from decimal import Decimal

from sqlalchemy import Connection

from workflows import LOOKUPS
from workflows.demo.funds import funds
from workflows.funds import repository
from workflows.funds.model import STATUSES, TYPES


def test_all_twenty_come_back_exactly(known: Connection) -> None:
    assert repository.search(known, limit=100) == funds()
    assert len(funds()) == 20
    assert all(fund.type in TYPES and fund.status in STATUSES for fund in funds())


def test_fees_and_amounts_are_exact(known: Connection) -> None:
    fund = repository.get(known, "990001")
    assert fund is not None
    assert (fund.min_amount, fund.annual_fee, fund.daily_limit) == (Decimal("0.01"), Decimal("0.20"), None)


def test_the_mix_of_states(known: Connection) -> None:
    states = {code: repository.get(known, code) for code in ("990005", "990018", "990016", "990001")}
    assert {code: fund and fund.status for code, fund in states.items()} == {
        "990005": "raising",
        "990018": "limitPUR",
        "990016": "suspendPUR",
        "990001": "open",
    }
    assert states["990018"] and states["990018"].daily_limit == 1000
    assert "990016" not in {fund.code for fund in repository.search(known, only_on_sale=True, limit=100)}


def test_search(known: Connection) -> None:
    assert [fund.code for fund in repository.search(known, "黄金")] == ["990017"]
    assert [fund.code for fund in repository.search(known, "GOLD etf")] == ["990017"]
    assert [fund.code for fund in repository.search(known, "99000", limit=2, after="990002")] == ["990003", "990004"]
    assert repository.search(known, "%") == []


def test_a_code_is_text(known: Connection) -> None:
    assert LOOKUPS["fund"](known, "990001")
    assert not LOOKUPS["fund"](known, 990001)
    assert not LOOKUPS["fund"](known, "990021")
    assert not LOOKUPS["fund"](known, "0990001")
