"""How a recommendation goes in the demo."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal

from .fates import WAITS, Fate
from .funds import by_code
from .plot import Plot, Reaction, comment
from .script import Script, Values

LOSSES = {"C1": 5, "C2": 10, "C3": 10, "C4": 20, "C5": 30}  # the largest fall in per cent that fits a class


def begin(script: Script, at: datetime) -> Values:
    """Somebody wants to be advised."""
    return {"customerId": script.customer, "channel": script.channel, "told": script.scenario.get("told")}


def analyse(script: Script, at: datetime) -> Values:
    """What the customer needs."""
    said = script.scenario
    return {
        "goal": said["goal"],
        "horizonMonths": said["months"],
        "liquidityNeed": said["liquidity"],
        "investableAssets": said["assets"],
        "thisAmount": Decimal(said["amount"]),
        "maxLossPct": LOSSES[script.data["profile"].get("class") or "C2"],
        "monthlySurplus": Decimal(said["surplus"]),
        "experienceYears": said["years"],
        "productsHeld": said["held"],
        "contradictionExplained": True,
    }


def choose(script: Script, at: datetime) -> Values:
    """The boldest fund that remained and a calmer one beside it; the product manager is asked where the fate says."""
    funds = [by_code()[code] for code in script.data["suited"]["allowed"]]
    left = sorted(funds, key=lambda fund: (fund.risk, fund.code))
    highest = left[-1]
    calmer = [fund for fund in left if fund.risk < highest.risk][-1:]
    amount = max(Decimal(script.scenario["amount"]), highest.min_amount)
    kind = "SUB" if highest.status == "raising" else "PUR"
    item = {"fundCode": highest.code, "reason": script.scenario["reason"]}
    asks = script.marked("ask") and not script.done["AdviseOnFunds"]
    return {
        "items": [{**item, "proposedAmount": amount, "proposedType": kind}],
        "alternatives": [fund.code for fund in calmer] or None,
        "askProductManager": asks,
        "question": script.scenario["question"] if asks else None,
    }


def advise(script: Script, at: datetime) -> Values:
    """The product manager answers."""
    return {"text": script.scenario["advice"]}


def review(script: Script, at: datetime) -> Values:
    """Compliance releases it."""
    return {"verdict": "RELEASE", "reason": script.phrase("approve suited")}


def explain(script: Script, at: datetime) -> Values:
    """Every point is explained, and the talk is recorded."""
    points = dict.fromkeys(("features", "fees", "pastFigures", "risks", "notFor"), True)
    return {**points, "recorded": True, "recordingId": f"REC{at:%Y%m%d%H%M%S}", "needChanged": False}


def talk(script: Script, at: datetime) -> Values:
    """The team leader has spoken with the customer."""
    return {"spokenWith": True, "outcome": script.phrase("reached"), "reasonCode": "NOT_CLEAR"}


def declines(script: Script) -> Values:
    """None of them."""
    return {"reasonCode": "RISK", "comment": script.phrase("declines")}


def reads(name: str) -> Callable[[Script], Values]:
    """The papers are read; a comment with it."""
    return lambda script: {"read": True, **comment(name)(script)}


PLOT = Plot(
    key="recommendation",
    scenarios="recommendations",
    begin=begin,
    forms={
        "AnalyseNeed": analyse,
        "ChooseFunds": choose,
        "AdviseOnFunds": advise,
        "ReviewProposal": review,
        "ExplainFunds": explain,
        "TalkToCustomer": talk,
    },
    stages=(
        ("AnalyseNeed",),
        ("ChooseFunds",),
        ("AdviseOnFunds",),
        ("ReviewProposal",),
        ("ExplainFunds",),
        (WAITS,),
        ("TalkToCustomer",),
    ),
    reactions={
        "buy": Reaction(message="material_read_buy", says=lambda script: {"read": True}),
        "questions": Reaction(message="material_read_questions", says=reads("questions")),
        "declines": Reaction(message="material_declined", says=declines),
    },
    working=(25.0, 0.68),
    reacting=(20.0, 0.8),
    usual=(
        Fate(key="recommendation", scenario="pension", reactions=("buy",)),
        Fate(key="recommendation", scenario="steady-bonds", reactions=("declines",)),
        Fate(key="recommendation", scenario="idle-cash", reactions=("buy",)),
    ),
)
