"""A customer and what follows from the record on a given day. No table, no wording."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import NewType

from ..calendar import business_date, years_between

CustomerId = NewType("CustomerId", str)

ELDERLY = 65  # years; the law's age, no parameter

# The names of a risk class, of a tier and of a reason for care, by language.
RISK_CLASSES = {
    "C1": {"en": "Conservative", "zh": "保守型"},
    "C2": {"en": "Steady", "zh": "稳健型"},
    "C3": {"en": "Balanced", "zh": "平衡型"},
    "C4": {"en": "Growth", "zh": "成长型"},
    "C5": {"en": "Aggressive", "zh": "积极型"},
}
TIERS = {
    "mass": {"en": "Mass", "zh": "大众"},
    "gold": {"en": "Gold", "zh": "金卡"},
    "vip": {"en": "VIP", "zh": "贵宾"},
}
CARE = {
    "age-65": {"en": "65 or older", "zh": "65岁及以上"},
    "illness": {"en": "illness", "zh": "患病"},
    "hearing": {"en": "hard of hearing", "zh": "听力障碍"},
    "sight": {"en": "poor sight", "zh": "视力障碍"},
    "dialect": {"en": "no Mandarin", "zh": "不懂普通话"},
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Customer:
    """One customer as recorded."""

    id: CustomerId
    kind: str
    name: str
    name_latin: str
    sex: str | None
    id_type: str
    id_number: str
    id_valid_to: date | None
    mobile: str | None
    email: str | None
    birth_date: date | None
    language: str
    risk_class: str | None
    lowest_class: bool
    assessment_valid_to: date | None
    professional: bool
    tier: str
    vulnerable: tuple[str, ...]
    service_consent: bool
    marketing_consent: bool
    card_token: str | None
    card_masked: str | None
    since: date
    status: str

    def age(self, at: datetime) -> int | None:
        """Full years in Shanghai at a moment; an institution has no age."""
        return None if self.birth_date is None else years_between(self.birth_date, business_date(at))

    def is_65(self, at: datetime) -> bool:
        """Whether the customer is 65 or older at a moment."""
        age = self.age(at)
        return age is not None and age >= ELDERLY

    def care(self, at: datetime) -> tuple[str, ...]:
        """Why the customer must be treated with special care: the age, then what is recorded."""
        return ("age-65", *self.vulnerable) if self.is_65(at) else self.vulnerable

    def assessed(self, at: datetime) -> bool:
        """Whether a risk assessment is in force at a moment."""
        return self.assessment_valid_to is not None and business_date(at) <= self.assessment_valid_to

    def id_expired(self, at: datetime) -> bool:
        """Whether the identity document has run out at a moment."""
        return self.id_valid_to is not None and business_date(at) > self.id_valid_to

    @property
    def reachable(self) -> bool:
        """Whether there is an address and the customer agrees to be written to about the service."""
        return self.service_consent and bool(self.mobile or self.email)


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Some customers of a search in order, and where the next page begins."""

    customers: tuple[Customer, ...]
    after: CustomerId | None
