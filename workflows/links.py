"""Signed links to the small public pages where a customer answers a question. They know no page and no database.

One question is one token id, whatever the answer: who presses both links has answered once.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from itsdangerous import BadSignature, URLSafeSerializer

from engine.clock import SystemClock

SHORTEST_SECRET = 16  # bytes
PATH = "/answer/"


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """An answer that a customer may give: `message` to the case, once per `id`."""

    id: str
    case_id: str
    message: str
    customer: str
    expires: datetime


@dataclass(frozen=True, slots=True)
class Expired:
    """The link was ours, and its time is over."""

    link: Link


@dataclass(frozen=True, slots=True)
class Broken:
    """The link is not ours, or was changed."""


class Links:
    """Makes and reads links; `now` tells when a link is read."""

    def __init__(
        self,
        secret: str | bytes,
        base_url: str,
        max_age: timedelta = timedelta(days=30),
        *,
        now: Callable[[], datetime] | None = None,
    ) -> None:
        key = secret.encode() if isinstance(secret, str) else secret
        if len(key) < SHORTEST_SECRET:
            raise ValueError(f"the secret of the links must have at least {SHORTEST_SECRET} bytes")
        self._base = base_url.rstrip("/")
        self._max_age = max_age
        self._now = now or SystemClock().now
        signer = {"key_derivation": "hmac", "digest_method": hashlib.sha256}
        self._serializer = URLSafeSerializer(key, salt="fundcase.customer-answer", signer_kwargs=signer)

    def make(self, case_id: str, message: str, customer: str, *, question: str, at: datetime) -> str:
        """The address of one answer to a question that was put at a moment."""
        expires = int((at + self._max_age).timestamp())
        token = self._serializer.dumps([question, case_id, message, customer, expires])
        return f"{self._base}{PATH}{token.decode() if isinstance(token, bytes) else token}"

    def read(self, token: str) -> Link | Expired | Broken:
        """What a token says, if it is ours and in time."""
        try:
            question, case_id, message, customer, expires = self._serializer.loads(token)
        except (BadSignature, ValueError, TypeError):
            return Broken()
        link = Link(
            id=question,
            case_id=case_id,
            message=message,
            customer=customer,
            expires=datetime.fromtimestamp(expires, UTC),
        )
        return Expired(link) if self._now() > link.expires else link
