"""How a piece of feedback goes in the demo, and the monthly look at all of it."""

from __future__ import annotations

from datetime import datetime, timedelta

from .fates import Fate
from .plot import Plot
from .script import Script, Values

DAYS_FOR_A_PROPOSAL = 30


def begin(script: Script, at: datetime) -> Values:
    """A review in the app."""
    said = {"source": "APP", "instrument": "CSAT", "score": 4, "text": script.phrase("rated fair")}
    return {**said, "customerId": script.customer, "contactAllowed": True}


def verify(script: Script, at: datetime) -> Values:
    """The tag is taken as it was found."""
    tag = script.data["tag"]
    said = {"complaintIntent": False, "dataError": bool(tag["dataError"])}
    return {"topics": tag["topics"] or ["OTHER"], "sentiment": tag["sentiment"], **said}


def follow_up(script: Script, at: datetime) -> Values:
    """Somebody calls and puts it right."""
    told = {"outcome": script.phrase("reached"), "whatWeDid": script.phrase("what we did")}
    return {"reached": True, **told, "complaintIntent": False, "dataError": False, "actedOn": True}


def check_facts(script: Script, at: datetime) -> Values:
    """The facts are right."""
    return {"result": "RIGHT", "note": script.phrase("no finding")}


PLOT = Plot(
    key="feedback",
    begin=begin,
    forms={"VerifyTag": verify, "FollowUp": follow_up, "CheckFacts": check_facts},
    stages=(("VerifyTag",), ("FollowUp",), ("CheckFacts",)),
    opened_by=("chs",),
    working=(8.0, 0.7),
    usual=(Fate(key="feedback"),),
)


def analyse(script: Script, at: datetime) -> Values:
    """The topics that came up most, with what they come from."""
    topics = [one["topic"] for one in script.data["statistics"]["topics"]][:2] or ["OTHER"]
    cause = script.phrase("root cause")
    return {"deficits": [{"topic": topic, "rootCause": cause, "effort": 2 + n} for n, topic in enumerate(topics)]}


def propose(script: Script, at: datetime) -> Values:
    """One improvement for the first of them."""
    topic = script.data["ranked"][0]["topic"]
    said = {"proposal": script.phrase("proposal"), "expected": script.phrase("expected effect")}
    due = (at + timedelta(days=DAYS_FOR_A_PROPOSAL)).date().isoformat()
    return {"proposals": [{"topic": topic, "owner": "wang.lei", "due": due, **said}]}


def approve(script: Script, at: datetime) -> Values:
    """Agreed."""
    return {"approved": True, "approvalComment": script.phrase("approve")}


def release(script: Script, at: datetime) -> Values:
    """It is in force from today on."""
    return {"releasedOn": at.date().isoformat()}


ANALYSIS = Plot(
    key="feedback-analysis",
    begin=lambda script, at: {},
    forms={"Analyse": analyse, "Propose": propose, "Approve": approve, "Release": release},
    stages=(("Analyse",), ("Propose",), ("Approve",), ("Release",)),
    opened_by=("chs",),
    working=(90.0, 0.5),
    usual=(Fate(key="feedback-analysis"),),
)
