"""A message as it is read on a screen: where buttons stand for its links, the links themselves are left out."""

from __future__ import annotations

import re

from workflows.outbox.model import Message

EMPTY_LINES = re.compile(r"\n{3,}")


def readable(message: Message) -> str:
    """The text of a message without the lines that hold its links and their labels."""
    known = [sign for link in message.links for sign in (link.url, link.label)]
    lines = [line for line in message.body.splitlines() if not any(sign in line for sign in known)]
    return EMPTY_LINES.sub("\n\n", "\n".join(lines)).strip()
