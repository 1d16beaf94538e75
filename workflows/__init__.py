"""The domain of a fund distributor: customers, funds, contacts, complaints, staff, messages, and what diagrams call.

It knows the engine's front door and no web. `upgrade` makes its tables, `operators` gives the engine what service tasks
call, `POLICY`, `FORMATS`, `LOOKUPS` and `ELSEWHERE` are what an installation hands to `open_engine`.
"""

from __future__ import annotations

from .lookups import LOOKUPS
from .migrations import is_current, upgrade
from .operators import OPERATORS, operators
from .parameters import parameters
from .policy import POLICY
from .privacy.elsewhere import ELSEWHERE
from .staff.directory import Directory
from .validators import DEMO_FORMATS, FORMATS

__all__ = [
    "DEMO_FORMATS",
    "ELSEWHERE",
    "FORMATS",
    "LOOKUPS",
    "OPERATORS",
    "POLICY",
    "Directory",
    "is_current",
    "operators",
    "parameters",
    "upgrade",
]
