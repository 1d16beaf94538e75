"""A case that lives in memory only: the same rules as for every other one, and nobody is asked or told anything."""

from .trial import Nowhere, Trial

__all__ = ["Nowhere", "Trial"]
