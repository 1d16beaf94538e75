"""A message as it is written and kept. No table, no mail server."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime

EMAIL, SMS, NONE = "EMAIL", "SMS", "NONE"
NO_ADDRESS = "no address is known"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One answer to a question: the address behind it, and what it says."""

    message: str
    label: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A message that is ready to be kept; the same `key` is the same message."""

    key: str
    case_id: str
    case_number: str
    customer_id: str | None = None
    staff_id: str | None = None
    channel: str
    address: str
    template: str
    language: str
    subject: str
    body: str
    links: tuple[Answer, ...] = ()

    @property
    def id(self) -> str:
        """The message's id: it follows from the key."""
        return message_id(self.key)


@dataclass(frozen=True, slots=True, kw_only=True)
class Message(Draft):
    """A message as it stands in the outbox."""

    created_at: datetime
    sent_at: datetime | None = None
    failed: str | None = None


def message_id(key: str) -> str:
    """The id of the message with this idempotency key."""
    return hashlib.sha256(key.encode()).hexdigest()[:24]
