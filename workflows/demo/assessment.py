"""How a risk assessment goes in the demo: the customer answers by himself, and the answers fit what he is known for."""

from __future__ import annotations

from datetime import datetime

from ..suitability.questionnaire import SCALES
from .fates import WAITS, Fate
from .plot import Plot, Reaction, comment
from .script import Script, Values

# For each class how far down its list of choices a customer looks, from the most careful to the boldest.
STEPS = {"C1": 0, "C2": 1, "C3": 2, "C4": 3, "C5": 4}
AGES = ((75, "75_UP"), (65, "65_74"), (50, "50_64"), (35, "35_49"), (0, "18_34"))
PLAIN = {"capacity": "FULL", "bearsLoss": "YES", "restricted": "NO"}


def begin(script: Script, at: datetime) -> Values:
    """The customer asks for it."""
    return {"customerId": script.customer, "reason": "SELF"}


def answers(script: Script) -> Values:
    """The questionnaire, filled in by a customer of the class that is on record."""
    assert script.person is not None
    step = STEPS[script.person.risk_class or "C2"]
    said = {name: scale[step] for name, scale in SCALES.items()}
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
