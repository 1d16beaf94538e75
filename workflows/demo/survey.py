"""How a survey goes in the demo: nobody of the staff has a part in it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from .fates import Fate
from .plot import Plot, Reaction
from .script import Script, Values

GOOD = {"csat": 5, "ces": 1, "nps": 9, "resolved": "YES", "reasons": ["ANSWER"]}
FAIR = {"csat": 3, "ces": 4, "nps": 7, "resolved": "PARTLY", "reasons": ["SPEED"]}
POOR = {"csat": 2, "ces": 6, "nps": 3, "resolved": "NO", "reasons": ["SYSTEM"]}


def begin(script: Script, at: datetime) -> Values:
    """A case was closed."""
    return {"customerId": script.customer, "about": script.case, "process": "inquiry"}


def rates(marks: Values, words: str) -> Callable[[Script], Values]:
    """Marks, and what the customer writes with them."""
    return lambda script: {**marks, "comment": script.phrase(words)}


PLOT = Plot(
    key="survey",
    begin=begin,
    forms={},
    stages=(),
    opened_by=("chs",),
    reactions={
        "rates well": Reaction(message="survey_answered", says=rates(GOOD, "rated well")),
        "rates fair": Reaction(message="survey_answered", says=rates(FAIR, "rated fair")),
        "rates badly": Reaction(message="survey_answered", says=rates(POOR, "rated badly")),
        "does not rate": Reaction(message="survey_declined", says=lambda script: {}),
    },
    reacting=(9.0, 1.0),
    usual=(
        *(Fate(key="survey", reactions=("rates well",)),) * 4,
        *(Fate(key="survey", reactions=("rates fair",)),) * 2,
        Fate(key="survey", reactions=("rates badly",)),
        Fate(key="survey", reactions=("does not rate",)),
        *(Fate(key="survey"),) * 4,
    ),
)
