"""What the address of a process's page asks for: which cases, which picture, which way, which two versions."""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass, fields, replace
from datetime import date
from typing import Any

from flask import request, url_for

from engine.insight import Where
from engine.insight.asking import months, weeks
from engine.insight.cells import ALL, EVER, EVERY

from .. import here, when
from ..language import noop

VIEWS = {"waiting": noop("Waiting"), "working": noop("Working"), "cases": noop("Cases"), "rework": noop("Rework")}
PERIODS = {"13w": noop("13 weeks"), "4w": noop("4 weeks"), "12m": noop("12 months"), "all": noop("all time")}
LONGEST = 200  # characters of a value
NUMBER = re.compile(r"[1-9][0-9]{0,7}")


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What is asked for; the defaults are what is shown where the address says nothing."""

    period: str = "13w"
    version: str = ""
    team: str = ""
    outcome: str = ""
    view: str = "waiting"
    way: str = ""
    old: str = ""
    new: str = ""

    def link(self, key: str, **changed: Any) -> str:
        """The address with something else asked for; what is usual is left out."""
        said = asdict(replace(self, **{name: str(value) for name, value in changed.items()}))
        return url_for("studio.show", key=key, **{name: one for name, one in said.items() if one != USUAL[name]})

    def where(self, key: str) -> Where:
        """The cases that are asked for."""
        version = int(self.version) if self.version else EVERY
        periods = periods_of(self.period, today())
        return Where(key=key, periods=periods, version=version, outcome=self.outcome or ALL, team=self.team or ALL)

    @property
    def against(self) -> tuple[str, str]:
        """The two versions that are held against each other."""
        return self.old, self.new

    @property
    def narrowed(self) -> bool:
        """Whether any filter is set."""
        return any(getattr(self, name) != USUAL[name] for name in ("period", "version", "team", "outcome"))


USUAL = asdict(Asked())


def asked() -> Asked:
    """What the address asks for; a value that there cannot be is as good as none."""
    given = {one.name: request.args.get(one.name, USUAL[one.name])[:LONGEST] for one in fields(Asked)}
    given = {name: value if value.isprintable() else USUAL[name] for name, value in given.items()}
    for name in ("version", "old", "new"):
        given[name] = given[name] if NUMBER.fullmatch(given[name]) else ""
    if given["view"] not in VIEWS:
        given["view"] = USUAL["view"]
    if given["period"] not in (*PERIODS, *last_months()):
        given["period"] = USUAL["period"]
    return Asked(**given)


def today() -> date:
    """The day, where the business is."""
    return when.local(here.services().now()).date()


def last_months() -> tuple[str, ...]:
    """The months that can be chosen, the last first."""
    return tuple(reversed(months(today(), 12)))


def periods_of(word: str, day: date) -> tuple[str, ...]:
    """The periods that a word of the address means."""
    match word:
        case "all":
            return (EVER,)
        case "4w" | "13w":
            return weeks(day, int(word[:-1]))
        case "12m":
            return months(day, 12)
    return (word,)
