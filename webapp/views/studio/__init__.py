"""The process owner's pages: what is deployed, what a new version would change, and its deployment."""

from __future__ import annotations

from . import deployed, proposing
from .pages import pages

__all__ = ["deployed", "pages", "proposing"]
