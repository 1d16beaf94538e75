"""A message, and the questions that it can put to a customer. No table, no mail server."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A question with its answers: the message that each sends to the case, and its label by language."""

    text: Mapping[str, str]
    answers: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


QUESTIONS: Mapping[str, Question] = {
    "clear": Question(
        text={"en": "Is this answer clear to you?", "zh": "以上答复是否清楚？"},
        answers={
            "answer_clear": {"en": "Yes, it is clear", "zh": "清楚了"},
            "answer_unclear": {"en": "No, please explain again", "zh": "不清楚，请再解释"},
        },
    ),
    "accept": Question(
        text={"en": "Do you accept this reply?", "zh": "您是否接受以上答复？"},
        answers={
            "reply_accepted": {"en": "I accept it", "zh": "接受"},
            "reply_rejected": {"en": "I do not accept it", "zh": "不接受"},
        },
    ),
}


def message_id(key: str) -> str:
    """The id of the message with this idempotency key."""
    return hashlib.sha256(key.encode()).hexdigest()[:24]
