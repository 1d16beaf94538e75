"""What people write beside what they do, a reason or a remark: it stands in histories for ever, so it has an end."""

from __future__ import annotations

from .errors import Refusal

LONGEST = 2_000  # characters


def demand_short(text: object) -> None:
    """Refuse a reason or a remark that is too long to be kept; nothing is cut."""
    if isinstance(text, str) and len(text) > LONGEST:
        raise Refusal(f"A reason or a remark has at most {LONGEST} characters.", bound="reason", most=LONGEST)
