"""An item of feedback and an improvement as they are kept. No table."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One item; `text` is masked, `customer_id` nobody where it is anonymous, `judged` its class by the table."""

    case_id: str
    case_number: str
    customer_id: str | None
    source: str
    instrument: str | None
    score: int | None
    text: str
    fingerprint: str
    related_case: str | None
    channel: str | None
    process: str | None
    process_version: int | None
    agent: str | None
    team: str | None
    product: str | None
    contact_allowed: bool
    captured_at: datetime
    duplicate_of: str | None = None
    topics: tuple[str, ...] = ()
    sentiment: Decimal | None = None
    confidence: Decimal | None = None
    complaint_intent: bool = False
    data_error: bool = False
    skill_gap: str = ""
    praise: bool = False
    judged: str | None = None
    rule: str | None = None
    follower: str | None = None
    closed_at: datetime | None = None

    @property
    def answered(self) -> bool:
        """Whether anything was said at all."""
        return self.score is not None or bool(self.text)

    @property
    def dissatisfied(self) -> bool:
        """Whether it says that something is not good: by its class, else by its words."""
        if self.judged:
            return self.judged in DISSATISFIED
        return self.complaint_intent or (self.sentiment is not None and self.sentiment < 0)


DISSATISFIED = frozenset({"COMPLAINT", "DETRACTOR", "DETRACTOR_VIP", "EFFORT", "CONTRADICTION"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Improvement:
    """One improvement: what is done by whom until when, and what it was to change in 30 days."""

    id: int
    case_id: str
    case_number: str
    round: int
    period: str
    topic: str
    proposal: str
    owner: str
    due: date
    expected: str
    before: Decimal
    after: Decimal | None
    status: str
    recorded_at: datetime
    released_on: date | None
    measured_at: datetime | None

    @property
    def better(self) -> bool:
        """Whether fewer are dissatisfied than before."""
        return self.after is not None and self.after < self.before
