"""Timers, terms, remote operators, linked cases: rows that are due, leased, run, and given back when they fail."""

from .run import run_due, run_now

__all__ = ["run_due", "run_now"]
