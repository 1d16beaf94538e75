"""The questionnaire F-RA: its questions, what an answer counts, and what the sum comes to. Pure; the form shows it.

The answers of a question stand in order, from the most cautious to the boldest; an answer counts by its place. One that
is not on the scale (an institution has no age) counts neither way.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from engine.canonical import canonical

VERSION = "FRA-1"
SCALES: Mapping[str, tuple[str, ...]] = {
    "ageBand": ("75_UP", "65_74", "50_64", "35_49", "18_34"),
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
OFF_THE_SCALE: Mapping[str, tuple[str, ...]] = {"ageBand": ("INSTITUTION",)}
DECLARED: Mapping[str, tuple[str, ...]] = {  # these decide on the lowest class, and count for nothing else
    "capacity": ("FULL", "LIMITED"),
    "bearsLoss": ("YES", "NO"),
    "restricted": ("NO", "YES"),
}
AGES = {"75_UP": (75, 200), "65_74": (65, 74), "50_64": (50, 64), "35_49": (35, 49), "18_34": (18, 34)}


def score(answers: Mapping[str, Any]) -> int:
    """The sum of what the answers count, in per cent of what is possible, rounded down."""
    counted = {name: scale for name, scale in SCALES.items() if answers[name] in scale}
    reached = sum(scale.index(answers[name]) for name, scale in counted.items())
    return 100 * reached // sum(len(scale) - 1 for scale in counted.values())


def risk_class(points: int, begins: Mapping[str, int]) -> str:
    """The class of a score, by the scores at which C2 to C5 begin."""
    return max((name for name, least in begins.items() if points >= least), default="C1")


def age_agrees(answers: Mapping[str, Any], age: int | None) -> bool:
    """Whether the age that was given is the recorded one; an institution has none."""
    low, high = AGES.get(answers["ageBand"], (None, None))
    if low is None or high is None or age is None:
        return low is None and age is None
    return low <= age <= high


def answers_hash(answers: Mapping[str, Any]) -> str:
    """What proves later that these were the answers, together with the version of the questions."""
    return hashlib.sha256(canonical({"questionnaire": VERSION, "answers": dict(answers)})).hexdigest()
