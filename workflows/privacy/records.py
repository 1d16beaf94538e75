"""The customer's own record and the registers beside his cases: locked, or emptied of who he is."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, delete, select, update

from ..feedback.tables import feedback
from ..surveys.tables import survey
from ..tables import correspondent, customer, interaction, outbox

LOCKED, ERASED = "LOCKED", "ERASED"
NOBODY: dict[str, Any] = {
    **dict.fromkeys(("sex", "id_valid_to", "mobile", "email", "birth_date", "card_token", "card_masked")),
    **{"name": "…", "name_latin": "…", "id_type": "NONE", "id_number": "", "vulnerable": []},
    **{"service_consent": False, "marketing_consent": False, "status": ERASED},
}


def lock(connection: Connection, customer_id: str) -> None:
    """Keep a customer's record for storage only: nobody writes to him, and only the protection officer reads it."""
    values = {"status": LOCKED, "service_consent": False, "marketing_consent": False}
    connection.execute(update(customer).where(customer.c.id == customer_id).values(**values))


def erase(connection: Connection, customer_id: str) -> None:
    """Empty a customer's record of who he is, and what was written to him and said with him."""
    connection.execute(update(customer).where(customer.c.id == customer_id).values(**NOBODY))
    gone = {"address": "", "subject": "…", "body": "…", "links": []}
    connection.execute(update(outbox).where(outbox.c.customer_id == customer_id).values(**gone))
    connection.execute(update(interaction).where(interaction.c.customer_id == customer_id).values(summary=""))
    connection.execute(delete(correspondent).where(correspondent.c.customer_id == customer_id))


def end_marketing(connection: Connection, customer_id: str) -> None:
    """Withdraw the consent to marketing: profile and contacts of that kind are no longer used."""
    connection.execute(update(customer).where(customer.c.id == customer_id).values(marketing_consent=False))


def unlink(connection: Connection, customer_id: str) -> None:
    """Drop the link from feedback and surveys to the customer, and their words."""
    said = {"customer_id": None, "text": "", "fingerprint": "", "skill_gap": ""}
    connection.execute(update(feedback).where(feedback.c.customer_id == customer_id).values(**said))
    connection.execute(update(survey).where(survey.c.customer_id == customer_id).values(customer_id=None, comment=""))


def clear_contacts(connection: Connection, case_id: str) -> None:
    """Empty what was written and said in one case, and forget whom it was with."""
    gone = {"address": "", "subject": "…", "body": "…", "links": []}
    connection.execute(update(outbox).where(outbox.c.case_id == case_id).values(**gone))
    connection.execute(update(interaction).where(interaction.c.case_id == case_id).values(summary=""))
    connection.execute(delete(correspondent).where(correspondent.c.case_id == case_id))


def status_of(connection: Connection, customer_id: str) -> str | None:
    """The state of a customer's record."""
    return connection.execute(select(customer.c.status).where(customer.c.id == customer_id)).scalar()
