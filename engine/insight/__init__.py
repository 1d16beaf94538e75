"""What finished cases tell of a process: how often, how long, which way, and where it hurts.

A job folds every case that has ended into rows that are added up (`folding`), from its steps alone (`walks`); pages
read those rows and never a case (`asking`). It owns the tables `walk*`, and knows no page.
"""

from __future__ import annotations

from .asking import Choices, Insight, Way, Ways, Where
from .cells import Cell, Part, Tally
from .figures import Interval
from .scale import Histogram
from .standing import Standing

__all__ = [
    "Cell",
    "Choices",
    "Histogram",
    "Insight",
    "Interval",
    "Part",
    "Standing",
    "Tally",
    "Way",
    "Ways",
    "Where",
]
