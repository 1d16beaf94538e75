"""How a risk assessment goes in the demo: the customer answers by himself, and the answers fit what he is known for."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from .fates import WAITS, Fate
from .plot import Plot, Reaction, comment
from .script import Script, Values

# For each class how far down its list of choices a customer looks, from the most careful to the boldest.
STEPS = {"C1": 0, "C2": 1, "C3": 2, "C4": 3, "C5": 4}
CHOICES = {
    "income": ("UNDER_50K", "UNDER_150K", "UNDER_300K", "UNDER_1M", "FROM_1M"),
    "assets": ("UNDER_50K", "UNDER_200K", "UNDER_1M", "UNDER_5M", "FROM_5M"),
    "debt": ("HEAVY", "CONSUMER", "MORTGAGE", "LITTLE", "NONE"),
    "investableShare": ("UNDER_10", "UNDER_25", "UNDER_50", "UNDER_75", "FROM_75"),
    "experience": ("NONE", "UNDER_1", "UNDER_3", "UNDER_8", "FROM_8"),
    "productsHeld": ("DEPOSITS", "MONEY_MARKET", "BONDS", "HYBRID", "EQUITY"),
    "knowledge": ("NONE", "LITTLE", "SOME", "GOOD", "EXPERT"),
    "horizon": ("UNDER_6M", "UNDER_1Y", "UNDER_3Y", "UNDER_5Y", "FROM_5Y"),
    "goal": ("PRESERVE", "INCOME", "BALANCE", "GROWTH", "HIGH_GROWTH"),
    "maxLoss": ("NONE", "UNDER_5", "UNDER_15", "UNDER_30", "FROM_30"),
    "attitude": ("SELL_ALL", "SELL_PART", "WAIT", "HOLD", "BUY_MORE"),
}
AGES = ((75, "75_UP"), (65, "65_74"), (50, "50_64"), (35, "35_49"), (0, "18_34"))
PLAIN = {"capacity": "FULL", "bearsLoss": "YES", "restricted": "NO"}


def begin(script: Script, at: datetime) -> Values:
    """The customer asks for it."""
    return {"customerId": script.customer, "reason": "SELF"}


def answers(script: Script) -> Values:
    """The questionnaire, filled in by a customer of the class that is on record."""
    assert script.person is not None
    step = STEPS[script.person.risk_class or "C2"]
    said: dict[str, Any] = {name: choices[step] for name, choices in CHOICES.items()}
    years = script.person.age(script.begins) or 0
    age = next(name for least, name in AGES if years >= least)
    return {**said, **PLAIN, "ageBand": age}


def review(script: Script, at: datetime) -> Values:
    """Compliance lets the result stand."""
    return {"verdict": "STANDS", "reason": script.phrase("stands")}


PLOT = Plot(
    key="risk-assess",
    begin=begin,
    forms={"ReviewResult": review},
    stages=((WAITS,), ("ReviewResult",)),
    reactions={
        "assess": Reaction(message="assessment_answered", says=answers),
        "refuse": Reaction(message="assessment_refused", says=comment("refuse assessment")),
        "confirm": Reaction(message="result_confirmed", says=lambda script: {"confirmed": True}),
    },
    ordinarily=("assess", "confirm"),
    reacting=(7.0, 0.9),
    usual=(Fate(key="risk-assess"),),
)
