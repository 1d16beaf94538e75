"""How a complaint goes in the demo."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from functools import partial

from .fates import WAITS, Fate
from .filling import moment
from .plot import Plot, Reaction, comment
from .script import Script, Values

SHORTEST_FINDING = 10


def begin(script: Script, at: datetime) -> Values:
    """The complaint as it comes in."""
    said = script.scenario
    told = {"category": said["category"], "told": said["facts"]}
    return {"source": said["source"], "receivedAt": moment(at), "customerId": script.customer or None, **told}


def register(script: Script, at: datetime) -> Values:
    """What the customer says and wants."""
    said = script.scenario
    return {
        "isCustomer": True,
        "complainants": said["complainants"],
        "representatives": min(said["complainants"], 2),
        "category": said["category"],
        "facts": said["facts"],
        "demand": said["demand"],
        "amountClaimed": Decimal(said["amount"]),
        "lossAmount": said["loss"] and Decimal(said["loss"]),
        "vulnerable": said["vulnerable"],
        "mediaRisk": said.get("media", False),
        "fundCode": next(iter(said["funds"]), None),
        "concernedStaff": said["concerned"] or None,
    }


def check_acceptance(script: Script, at: datetime) -> Values:
    """Taken up, or refused with the scenario's reason."""
    if not script.marked("refuse"):
        return {"acceptable": True}
    return {
        "acceptable": False,
        "refusalReason": script.scenario["refuse"],
        "refusalText": script.phrase("refuse"),
    }


def first_contact(script: Script, at: datetime) -> Values:
    """The demand is confirmed; orders are always looked at, staff heard where it is named."""
    said = script.scenario
    more = ["ORDERS"] + ["STATEMENT"] * bool(said["concerned"]) + ["SYSTEM_LOG"] * (said["cause"] == "SYSTEM")
    return {
        "reachedAt": moment(at),
        "demandConfirmed": said["confirmed"] or said["demand"],
        "nextStepsTold": True,
        "questions": [*said["questions"], *more],
    }


def finding(part: str, script: Script, at: datetime) -> Values:
    """What one part of the investigation found."""
    text = script.scenario.get(part) or ""
    told = text if len(text) >= SHORTEST_FINDING else text + script.phrase("nothing")
    return {"supports": script.scenario["supports"].get(part, "UNCLEAR"), "finding": told}


def propose(script: Script, at: datetime) -> Values:
    """The remedy; a second one after the review."""
    said, second = script.scenario, _second(script)
    return {
        "verdict": said["verdict"],
        "responsibleUnit": said["unit"] or None,
        "rootCause": said["cause"],
        "remedyDue": bool(said["remedies"]),
        "remedies": said["remedies"] or None,
        "compensation": Decimal(said[f"compensation{second}"]),
        "replyText": said[f"reply{second}"],
        "lessons": said["lesson"] or script.phrase("lesson"),
        "regulatorReport": said.get("regulator", False),
    }


def _second(script: Script) -> str:
    """What ends the names of the second reply and compensation."""
    return "2" if script.done["SeniorReview"] else ""


def approve(script: Script, at: datetime) -> Values:
    """Approved, at the second try where the fate says so."""
    if script.marked("send back") and not script.done["Approve"]:
        return {"approved": False, "approvalComment": script.phrase("back")}
    return {"approved": True, "approvalComment": script.phrase("approve")}


def senior_review(script: Script, at: datetime) -> Values:
    """Somebody who had nothing to do with it looks once more."""
    said = script.scenario
    result = "KEEP" if said["compensation"] == said["compensation2"] else "CHANGE"
    return {"reviewResult": result, "reviewComment": said["review"]}


def execute_remedy(script: Script, at: datetime) -> Values:
    """Paid and corrected."""
    paid = Decimal(script.scenario[f"compensation{_second(script)}"])
    reference = f"PAY{at:%Y%m%d%H%M}" if paid else None
    return {"executedAt": moment(at), "paidAmount": paid, "paymentRef": reference}


def record_cause(script: Script, at: datetime) -> Values:
    """What is learned from it."""
    said = script.scenario
    taught = said["cause"] == "PEOPLE"
    return {
        "rootCause": said["cause"],
        "lesson": said["lesson"] or script.phrase("lesson"),
        "passedTo": ["TRAINING"] if taught else None,
        "teachingCase": taught,
        "surveyAllowed": True,
    }


PLOT = Plot(
    key="complaint",
    scenarios="complaints",
    begin=begin,
    opened_by=("chs",),
    latest=420,
    forms={
        "Register": register,
        "CheckAcceptance": check_acceptance,
        "FirstContact": first_contact,
        "HearRecordings": partial(finding, "recordings"),
        "CheckOrders": partial(finding, "orders"),
        "CheckProduct": partial(finding, "product"),
        "CheckSuitability": partial(finding, "suitability"),
        "HearStaff": partial(finding, "statement"),
        "ReadSystemLog": partial(finding, "log"),
        "Propose": propose,
        "Approve": approve,
        "SeniorReview": senior_review,
        "ExecuteRemedy": execute_remedy,
        "RecordCause": record_cause,
        "RecordCauseOfWithdrawn": record_cause,
    },
    stages=(
        ("Register",),
        ("CheckAcceptance",),
        ("FirstContact",),
        ("HearRecordings", "CheckOrders", "CheckProduct", "CheckSuitability", "HearStaff", "ReadSystemLog"),
        ("Propose",),
        ("Approve",),
        (WAITS,),
        ("SeniorReview", "ExecuteRemedy"),
        ("RecordCause",),
    ),
    reactions={
        "accepted": Reaction(message="reply_accepted", says=comment("accepted")),
        "rejected": Reaction(message="reply_rejected", says=comment("rejected")),
        "withdraw": Reaction(message="customer_withdraws", says=comment("withdraw")),
    },
    working=(35.0, 0.7),
    reacting=(40.0, 0.5),
    usual=(Fate(key="complaint", scenario="rude-call", reactions=("accepted",)),),
)
