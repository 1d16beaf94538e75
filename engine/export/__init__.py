"""Event logs of any selection of cases, for process mining: XES (IEEE 1849) and OCEL 2.0 in JSON, written as read.

It owns what becomes an event and how the formats say it. It knows no page and no command line.
"""

from __future__ import annotations

from .model import Event, Subject
from .names import Pseudonyms
from .selecting import Selection
from .writing import FORMATS, Format

__all__ = ["FORMATS", "Event", "Format", "Pseudonyms", "Selection", "Subject"]
