"""The customer as a task shows him: what one must know to act, with personal values masked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection

from ..complaints import repository as complaints
from ..complaints.model import Complaint
from ..interactions import repository as interactions
from ..interactions.model import Interaction
from . import repository
from .masking import mask_email, mask_id, mask_phone
from .model import Customer, CustomerId
from .operators import REPEAT_DAYS

CONTACTS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """One customer at a moment; the name is whole, because who speaks with him must say it."""

    id: CustomerId
    kind: str
    name: str
    name_latin: str
    language: str
    mobile: str  # masked, like the next two
    email: str
    document: str
    document_expired: bool
    bank_card: str
    age: int | None
    is_65: bool
    care: tuple[str, ...]
    risk_class: str | None
    lowest_class: bool
    assessed: bool
    assessment_valid_to: date | None
    professional: bool
    tier: str
    status: str
    since: date
    service_consent: bool
    marketing_consent: bool
    complaints_in_90_days: int
    complaints: tuple[Complaint, ...]
    contacts: tuple[Interaction, ...]

    def called(self, language: str) -> str:
        """The name in a language."""
        return self.name if language.startswith("zh") else self.name_latin


def card(connection: Connection, customer_id: str, at: datetime) -> Card | None:
    """The card of a customer as of a moment, with the newest complaints and contacts."""
    customer = repository.get(connection, customer_id)
    if customer is None:
        return None
    return Card(
        **_masked(customer, at),
        complaints_in_90_days=complaints.in_days(connection, customer.id, days=REPEAT_DAYS, before=at),
        complaints=tuple(complaints.of_customer(connection, customer.id, limit=CONTACTS)),
        contacts=tuple(interactions.of_customer(connection, customer.id, limit=CONTACTS)),
    )


def _masked(customer: Customer, at: datetime) -> dict[str, Any]:
    same = "id kind name name_latin language risk_class lowest_class assessment_valid_to professional tier status since"
    return {name: getattr(customer, name) for name in (*same.split(), "service_consent", "marketing_consent")} | {
        "mobile": mask_phone(customer.mobile) if customer.mobile else "",
        "email": mask_email(customer.email) if customer.email else "",
        "document": mask_id(customer.id_number),
        "document_expired": customer.id_expired(at),
        "bank_card": customer.card_masked or "",
        "age": customer.age(at),
        "is_65": customer.is_65(at),
        "care": customer.care(at),
        "assessed": customer.assessed(at),
    }
