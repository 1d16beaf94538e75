"""The auditor's pages: cases with their proofs, the search, deviations, samples, working papers."""

from __future__ import annotations

from . import deviations, overview, papers, samples, search, sheets
from .pages import pages

__all__ = ["deviations", "overview", "pages", "papers", "samples", "search", "sheets"]
