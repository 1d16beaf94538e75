"""For whom a version is and from when, as people fill it in, and the sentences for what is wrong with it.

A moment is typed in business time (Asia/Shanghai), as `datetime-local` sends it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import gettext as _

from engine.errors import Refusal

from .. import reasons
from ..language import noop
from ..when import ZONE

COMING = noop("Choose a moment to come, or leave it empty")
WHOLE = noop("Write a whole number from 1 to 100")
REFUSED = {
    "over": ("at", COMING),
    "percent": ("percent", WHOLE),
    "first": ("percent", noop("Write 100: no version is in force that the other cases could begin with")),
    "same": ("reason", noop("This version is for as many new cases already")),
    "layout": ("reason", noop("Only the drawing is different, which makes no new version")),
    "nothing left": ("percent", noop("Write 100: no other version is left for the other cases")),
    "stopped": ("version", noop("Choose another version: this one gets no share that could be stopped")),
    "never": ("version", noop("Choose a version that was in force for all")),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Filled:
    """What was filled in, what it means, and what is wrong with it, by field."""

    reason: str = ""
    percent: str = "100"
    at: str = ""
    problems: Mapping[str, str]

    @property
    def said(self) -> dict[str, Any]:
        """What the engine is told."""
        return {"percent": int(self.percent), "effective_at": moment_of(self.at)}


def filled(form: Mapping[str, str]) -> Filled:
    """What a form says; a share that is not asked for is all."""
    given = {name: form.get(name, "").strip() for name in ("reason", "percent", "at")}
    given["percent"] = given["percent"] or "100"
    problems = {}
    if problem := reasons.problem(given["reason"], _("Write why it is deployed, in at least 5 characters")):
        problems["reason"] = problem
    if not (given["percent"].isascii() and given["percent"].isdecimal() and 1 <= int(given["percent"][:9]) <= 100):
        problems["percent"] = _(WHOLE)
    try:
        moment_of(given["at"])
    except ValueError:
        problems["at"] = _(COMING)
    return Filled(**given, problems=problems)


def moment_of(text: str) -> datetime | None:
    """A moment in business time; ValueError where it is none."""
    return datetime.fromisoformat(text).replace(tzinfo=ZONE) if text else None


def refused(error: Refusal) -> dict[str, str]:
    """What the engine has refused, at the field that is to be corrected; the same error where nobody can correct it."""
    field, text = REFUSED.get(str(error.data.get("how", "")), ("", ""))
    if not field:
        raise error
    return {field: _(text)}
