"""When a complaint must be answered, and when somebody is warned. Pure: the calendar is handed in."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from datetime import datetime

_DAYS = re.compile(r"(?P<count>\d+) *(?P<unit>BD|TD|ND|bh|h24)")


def earliest(terms: Iterable[str], moment: Callable[[str], datetime]) -> datetime:
    """The end of the term that is over first: every complaint runs against the strictest that applies."""
    return min(moment(term) for term in terms)


def warning(term: str, percent: int, begun: datetime, moment: Callable[[str], datetime]) -> datetime:
    """When a share of a term is over: after full days or hours of its calendar, of a single one by the clock."""
    found = _DAYS.fullmatch(term.strip())
    if found and (part := int(found["count"]) * percent // 100):
        return moment(f"{part} {found['unit']}")
    return begun + (moment(term) - begun) * percent / 100
