"""What `x-exists` in a form may ask of the domain's tables, by name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import Connection

from .customers.repository import exists as customer_exists
from .funds.repository import exists as fund_exists
from .staff.repository import exists as staff_exists

LOOKUPS: Mapping[str, Callable[[Connection, Any], bool]] = {
    "fund": fund_exists,
    "customer": customer_exists,
    "staff": staff_exists,
}
