"""A survey as it is kept, and which of its scores speaks for it. No table."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

PLANNED, NOT_ASKED, SENT = "PLANNED", "NOT_ASKED", "SENT"
ANSWERED, DECLINED, EXPIRED, LATE = "ANSWERED", "DECLINED", "EXPIRED", "LATE"

# The scales: from the best to the worst score.
SCALES = {"CSAT": (5, 1), "NPS": (10, 0), "CES": (1, 7)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Survey:
    """One survey; `agent` is who served the customer, `counted` whether the answer came in time."""

    case_id: str
    case_number: str
    customer_id: str | None
    about: str
    process: str
    agent: str | None
    status: str
    why: str
    planned_at: datetime
    sent_at: datetime | None
    answered_at: datetime | None
    csat: int | None
    ces: int | None
    nps: int | None
    resolved: str | None
    reasons: tuple[str, ...]
    comment: str
    counted: bool


def telling(*, csat: int, ces: int | None, nps: int | None) -> tuple[str, int]:
    """The score that speaks for all: satisfaction if below the middle of its scale, else the worst on its own scale."""
    given = {"CSAT": csat, "NPS": nps, "CES": ces}
    scores = {name: score for name, score in given.items() if score is not None}
    if badness("CSAT", csat) > Decimal("0.5"):
        return "CSAT", csat
    name = max(scores, key=lambda one: badness(one, scores[one]))
    return name, scores[name]


def badness(instrument: str, score: int) -> Decimal:
    """Where a score stands on its scale: 0 is the best, 1 the worst."""
    best, worst = SCALES[instrument]
    return Decimal(score - best) / Decimal(worst - best)
