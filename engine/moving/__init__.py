"""Moves many cases at once to another version: what would become of each, tried in memory, and then the move itself.

It knows how cases are judged and chosen; how one case is moved is told in `engine.cases.migrating`, how many cases are
worked off in `engine.batches`.
"""

from .choosing import Whereabouts
from .judging import IMPOSSIBLE, NEEDS, SAFE, Judgement, Stranded
from .proposing import Candidate

__all__ = ["IMPOSSIBLE", "NEEDS", "SAFE", "Candidate", "Judgement", "Whereabouts", "Stranded"]
