"""Opinions on whether a fund suits a customer: only added, never changed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, select

from .tables import suitability_opinion

FITTING = frozenset({"ALLOW", "ALLOW_WITH_CARE"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Opinion:
    """What the table said of one fund for one customer, and on which facts."""

    fund_code: str
    facts: Mapping[str, Any]
    decision: str
    actions: tuple[str, ...]
    rule: str
    given_at: datetime

    @property
    def fits(self) -> bool:
        """Whether staff may speak of the fund."""
        return self.decision in FITTING


def add(
    connection: Connection, opinions: Iterable[Opinion], *, customer_id: str, case_id: str, case_number: str
) -> None:
    """Keep opinions of a case."""
    rows = [
        {
            "customer_id": customer_id,
            "fund_code": one.fund_code,
            "case_id": case_id,
            "case_number": case_number,
            "facts": dict(one.facts),
            "decision": one.decision,
            "actions": list(one.actions),
            "rule": one.rule,
            "given_at": one.given_at,
        }
        for one in opinions
    ]
    if rows:
        connection.execute(insert(suitability_opinion), rows)


def of_case(connection: Connection, case_id: str) -> list[Opinion]:
    """The opinions that a case gave, in their order."""
    table = suitability_opinion.c
    query = select(suitability_opinion).where(table.case_id == case_id).order_by(table.id)
    return [
        Opinion(
            fund_code=row.fund_code,
            facts=row.facts,
            decision=row.decision,
            actions=tuple(row.actions),
            rule=row.rule,
            given_at=row.given_at,
        )
        for row in connection.execute(query)
    ]
