"""What is frozen when a complaint is assigned: a list of records with their hashes, so that a later change shows."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from engine.canonical import canonical, digest, moment

from ..interactions.model import Interaction


def frozen(contacts: Iterable[Interaction]) -> list[dict[str, Any]]:
    """One entry a contact record, oldest first: which it is, when it was, and the hash of all that it says."""
    return [
        {"kind": "contact", "id": contact.id, "at": moment(contact.at), "sha256": fingerprint(contact)}
        for contact in sorted(contacts, key=lambda contact: (contact.at, contact.id))
    ]


def fingerprint(contact: Interaction) -> str:
    """The hash of a contact record."""
    said = (contact.key, contact.channel, contact.direction, moment(contact.at), contact.by, contact.summary)
    return digest(canonical(said))
