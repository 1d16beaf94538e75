"""A complaint as registered, and its words. No table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Complaint:
    """One row of the register; `concerned` are the staff ids that it names, `evidence` what was frozen."""

    case_id: str
    case_number: str
    customer_id: str | None
    source: str
    category: str
    severity: str | None
    complainants: int
    amount_claimed: Decimal
    compensation: Decimal | None
    related_case: str | None
    concerned: tuple[str, ...]
    received_at: datetime
    registered_at: datetime
    due_at: datetime | None
    warn_at: datetime | None
    handler: str | None
    evidence: tuple[Mapping[str, Any], ...]
    finding: str | None
    root_cause: str | None
    closed_at: datetime | None

    @property
    def open(self) -> bool:
        """Whether it is not closed yet."""
        return self.closed_at is None
