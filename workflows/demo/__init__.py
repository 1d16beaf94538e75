"""Sample data: made-up staff, customers and funds, and cases played through the engine. For demos and tests alone."""

from __future__ import annotations

from .base import DEMO_PASSWORD, LOGINS, seed_base
from .story import play

__all__ = ["DEMO_PASSWORD", "LOGINS", "play", "seed_base"]
