"""What an operator reads from a case: whom it is about, and what stands behind a reference to the vault.

It knows the names under which processes keep these facts, so that no operator does.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from engine.errors import NotFound, Restricted
from engine.operators import Call

CUSTOMER_AT = (("customerId",), ("customer", "customerId"), ("contact", "customerId"))


def given(call: Call, name: str, default: Any = None) -> Any:
    """A parameter, or what the case's data hold under the same name."""
    found = call.parameters.get(name)
    if found is None:
        found = call.data.get(name)
    return default if found is None else found


def customer_id(call: Call) -> str | None:
    """The id of the customer that a case is about: the parameter's, else the first place in the data that names one."""
    named = call.parameters.get("customerId")
    places = (within(call.data, path) for path in CUSTOMER_AT)
    return next((found for found in (named, *places) if isinstance(found, str) and found), None)


def within(data: Any, path: tuple[str, ...]) -> Any:
    """What stands at the end of a path of names, or None."""
    for name in path:
        data = data.get(name) if isinstance(data, Mapping) else None
    return data


def opened(call: Call, value: Any) -> Any:
    """A value with what stands behind its references to the vault; None is what was erased, restricted or not given."""
    if isinstance(value, Mapping) and "$vault" in value:
        try:
            found = call.reveal(value)
        except (NotFound, Restricted, KeyError):
            return None
        return None if found == value else found
    if isinstance(value, Mapping):
        return {name: opened(call, item) for name, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [opened(call, item) for item in value]
    return value


def listed(value: Any) -> list[str]:
    """Names given as a list, or as one text with commas."""
    items = value.split(",") if isinstance(value, str) else value or []
    return [name for item in items if (name := str(item).strip())]
