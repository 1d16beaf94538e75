"""What the auditor's pages call the kinds of steps, of deviations and of papers."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import TYPE_CHECKING

from ...language import Words, noop
from ...when import span

if TYPE_CHECKING:
    from engine.auditing.deviations import Deviation

    from ...labels import Labels
    from ...sentences import Teller

STEPS: Mapping[str, str] = {
    "started": noop("case started"),
    "completed": noop("task finished"),
    "claimed": noop("task taken"),
    "released": noop("task given back"),
    "assigned": noop("task given to somebody"),
    "received": noop("message received"),
    "signalled": noop("signal received"),
    "fired": noop("time was up"),
    "answered": noop("done by the system"),
    "failed": noop("failed in the system"),
    "reminded": noop("reminder sent"),
    "breached": noop("term run over"),
    "escalated": noop("escalated"),
    "redated": noop("terms dated anew"),
    "suspended": noop("case suspended"),
    "resumed": noop("case resumed"),
    "cancelled": noop("case cancelled"),
    "migrated": noop("moved to another version"),
    "corrected": noop("data corrected"),
    "jumped": noop("sent to another place"),
    "skipped": noop("task skipped"),
    "retried": noop("tried again"),
    "given_up": noop("given up"),
    "upgraded": noop("moved to a newer release"),
    "hold_placed": noop("hold placed"),
    "hold_released": noop("hold released"),
    "disposed": noop("personal data disposed of"),
}
DEVIATIONS: Mapping[str, str] = {
    "skipped": noop("Skipped"),
    "repeated": noop("Repeated"),
    "jumped": noop("Sent elsewhere"),
    "corrected": noop("Data corrected"),
    "four_eyes": noop("Four eyes"),
    "overdue": noop("Overdue"),
    "intervention": noop("Intervention"),
    "reopened": noop("Reopened"),
}
TONES = {"four_eyes": "bad", "overdue": "warn", "reopened": "bad", "skipped": "bad"}
SEVERITIES: Mapping[str, tuple[str, str]] = {
    "low": (noop("Low"), ""),
    "medium": (noop("Medium"), "warn"),
    "high": (noop("High"), "bad"),
    "critical": (noop("Critical"), "bad"),
}
PAPERS: Mapping[str, str] = {
    "note": noop("Note"),
    "finding": noop("Finding"),
    "verified": noop("Verification"),
}
STATUSES: Mapping[str, str] = {
    "open": noop("In progress"),
    "suspended": noop("Suspended"),
    "completed": noop("Closed"),
    "cancelled": noop("Cancelled"),
}


def step(kind: str, words: Words) -> str:
    """What a kind of a step is called."""
    return words(STEPS[kind]) if kind in STEPS else kind


def detail(one: Deviation, labels: Labels, teller: Teller) -> str:
    """What there is to say of a deviation, in a few words."""
    words, said = labels.words, one.detail
    match one.kind:
        case "repeated":
            return words("first at step %(n)s", n=said["first"])
        case "four_eyes":
            other = labels.element(str(said["other"]))
            return words(
                "%(who)s did “%(task)s” too, at step %(n)s", who=teller.who(one.actor), task=other, n=said["first"]
            )
        case "overdue" if "late" in said:
            return words("%(span)s late", span=span(timedelta(seconds=said["late"]), words))
        case "overdue":
            return words("not finished")
        case "reopened":
            return words("after the case had ended")
    reason = words("Reason: %(reason)s", reason=said["reason"]) if said.get("reason") else ""
    what = step(str(said.get("step", "")), words)
    return (
        words("%(label)s: %(value)s", label=what, value=reason)
        if reason and one.kind == "intervention"
        else reason or what
    )
