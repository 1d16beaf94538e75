"""The process owner's pages: what is deployed, what a new version would change, and its deployment."""

from __future__ import annotations

from . import (
    backtests,
    beginning,
    comparing,
    coverage,
    deployed,
    editing,
    merging,
    migrations,
    proposing,
    rolling,
    sandbox,
    saving,
    sketches,
)
from .pages import pages

__all__ = [
    "backtests",
    "beginning",
    "comparing",
    "coverage",
    "deployed",
    "editing",
    "merging",
    "migrations",
    "pages",
    "proposing",
    "rolling",
    "sandbox",
    "saving",
    "sketches",
]
