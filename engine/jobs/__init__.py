"""Timers, terms, remote operators, linked cases: rows that are due, leased, run, and given back when they fail."""

from .run import follow_up, run_due

__all__ = ["follow_up", "run_due"]
