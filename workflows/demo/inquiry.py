"""How an inquiry goes in the demo."""

from __future__ import annotations

from datetime import datetime

from .fates import WAITS
from .filling import moment
from .plot import Plot, Reaction, comment
from .script import Script, Values

URGENT = frozenset({"REDEEM_MONEY", "TRADE_EXCEPTION"})


def begin(script: Script, at: datetime) -> Values:
    """The contact."""
    known = {"customerId": script.customer or None, "caller": script.caller}
    return {"channel": script.channel, "contactTime": moment(at), **known}


def identify(script: Script, at: datetime) -> Values:
    """A known customer passes both checks, a stranger none."""
    known = bool(script.customer)
    checks = {"firstCheck": "CODE", "secondCheck": "ID4"} if known else {}
    said = {"noticeGiven": True, "consentRecording": True, "identified": known, "vulnerable": script.vulnerable}
    return said | checks


def record_need(script: Script, at: datetime) -> Values:
    """The question; nothing of it where the call was cut off."""
    return {"complete": False} if script.marked("dropped") or script.marked("lost") else _need(script)


def call_back(script: Script, at: datetime) -> Values:
    """The question, if the customer is reached this time."""
    return {"complete": False} if script.marked("lost") else _need(script)


def _need(script: Script) -> Values:
    said = script.scenario
    return {
        "complete": True,
        "topic": said["topic"],
        "subTopic": said["subTopic"],
        "question": said["question"],
        "fundCodes": said["funds"] or None,
        "inKnowledgeBase": said["inKnowledgeBase"],
        "urgency": "today" if said["topic"] in URGENT else "normal",
        "language": said["language"],
        "followUpAllowed": True,
    }


def take_over(script: Script, at: datetime) -> Values:
    """The desk has dealt with it."""
    return {"done": True, "whatWasDone": script.phrase("desk") + script.scenario["answer"]}


def expert_answer(script: Script, at: datetime) -> Values:
    """The facts."""
    said = script.scenario
    return {"facts": said["facts"], "sources": said["sources"], "gapForTraining": bool(said["gap"])}


def answer(script: Script, at: datetime) -> Values:
    """The answer, at first in forbidden words where the fate says so; explained again after each `unclear`."""
    said, unclear = script.scenario, script.done["unclear"]
    if script.marked("draft") and not script.done["Answer"]:
        text = said["draft"]
    else:
        text = said["again"] if unclear else said["answer"]
    again = script.phrase("once more") if unclear > 1 else ""
    return {"answerText": again + text, "products": said["funds"] or None, "resolved": True}


def review_wording(script: Script, at: datetime) -> Values:
    """Compliance gives it back."""
    return {"wordingVerdict": "EDIT", "wordingReason": script.phrase("reword")}


def talk(script: Script, at: datetime) -> Values:
    """The team leader reaches the customer."""
    closed = {"reasonCode": "ANSWERED", "nextNeed": "NONE", "knowledgeGap": script.scenario["gap"] or None}
    return {"spokenWith": True, "outcome": script.phrase("reached"), **closed}


def wrap_up(script: Script, at: datetime) -> Values:
    """Answered, nothing more to do."""
    return {"reasonCode": "ANSWERED", "nextNeed": "NONE", "knowledgeGap": script.scenario["gap"] or None}


PLOT = Plot(
    key="inquiry",
    scenarios="inquiries",
    begin=begin,
    forms={
        "Identify": identify,
        "RecordNeed": record_need,
        "CallBack": call_back,
        "TakeOver": take_over,
        "ExpertAnswer": expert_answer,
        "Answer": answer,
        "ReviewWording": review_wording,
        "TalkToCustomer": talk,
        "WrapUp": wrap_up,
    },
    stages=(
        ("Identify",),
        ("RecordNeed",),
        ("CallBack",),
        ("ExpertAnswer",),
        ("Answer", "TakeOver"),
        ("ReviewWording",),
        (WAITS,),
        ("TalkToCustomer", "WrapUp"),
    ),
    reactions={
        "clear": Reaction(message="answer_clear", says=comment("clear")),
        "unclear": Reaction(message="answer_unclear", says=comment("unclear")),
    },
    at_once={"Identify": (0.6, 0.3), "RecordNeed": (0.4, 0.3), "CallBack": (2.5, 0.4)},
)
