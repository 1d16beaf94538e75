"""The history of a case: a chain of steps, each bound to the one before it, that can be replayed and verified."""

from .chain import FIRST, Link, link, step_of

__all__ = ["FIRST", "Link", "link", "step_of"]
