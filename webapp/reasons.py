"""What is wrong with a reason that somebody has written, as the page says it at its field."""

from __future__ import annotations

from flask_babel import gettext as _

from engine.reasons import LONGEST

from . import when

SHORTEST = 5  # characters


def problem(reason: str, short: str = "", least: int = SHORTEST) -> str:
    """`short` where a reason is too short, how much it may be where it is too long, else nothing."""
    if len(reason) < least:
        return short
    if len(reason) > LONGEST:
        most, count = when.number(LONGEST), when.number(len(reason))
        return _("Write at most %(most)s characters; these are %(count)s", most=most, count=count)
    return ""
