"""Sketches: bundles that process owners work on, kept as one works, and joined where two work at once.

It owns the rows of sketches and how texts are merged. It knows no page, and puts nothing in force.
"""

from .merging import Choice, Merge, Side, merge
from .model import Entry, Lost, Outline, Presence, Sketch

__all__ = ["Choice", "Entry", "Lost", "Merge", "Outline", "Presence", "Side", "Sketch", "merge"]
