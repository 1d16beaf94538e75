"""How a call-back goes in the demo."""

from __future__ import annotations

from datetime import datetime

from .fates import Fate
from .plot import Plot
from .script import Script, Values

QUESTIONS = ("identityOk", "ownDecision", "knowsRisk", "readDocuments", "nobodyPromised")


def begin(script: Script, at: datetime) -> Values:
    """A team leader wants somebody to be called."""
    return {"customerId": script.customer, "reason": "FIRST_PURCHASE", "withinDays": 5, "about": script.case}


def call(script: Script, at: datetime) -> Values:
    """Five times yes; at the first try nobody answers where the fate says so, or the customer is not sure."""
    if script.marked("not there") and not script.done["Call"]:
        return {"reached": False}
    said = dict.fromkeys(QUESTIONS, "YES") | ({"knowsRisk": "UNSURE"} if script.marked("unsure") else {})
    return {"reached": True, **said, "recordingId": f"CB{at:%Y%m%d%H%M%S}"}


def review(script: Script, at: datetime) -> Values:
    """Compliance finds nothing that must be put right."""
    return {"verdict": "NOTHING", "reviewText": script.phrase("explained")}


PLOT = Plot(
    key="callback",
    begin=begin,
    forms={"Call": call, "Review": review},
    stages=(("Call",), ("Review",)),
    opened_by=("csl",),
    working=(5.0, 0.6),
    usual=(
        Fate(key="callback"),
        Fate(key="callback"),
        Fate(key="callback", marks=("not there",)),
        Fate(key="callback", marks=("unsure",)),
    ),
)
