"""Whether what somebody has given would do for another form; what is missing is named and never made up."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..errors import InvalidForm
from ..forms import Form, accept
from ..forms.accept import checker
from ..store.vault import is_reference

FORMATS = checker()


def fitted(values: Mapping[str, Any], given_by: Form | None, form: Form | None) -> tuple[dict[str, Any], list[str]]:
    """The values as a form of the draft would have taken them, and the fields that nobody has given it."""
    plain = dict(values)
    if form is None or (given_by is not None and given_by.schema == form.schema):
        return plain, []
    known = plain if form.open else {name: value for name, value in plain.items() if name in form.properties}
    said = {name: value for name, value in known.items() if value is not None}
    try:
        taken = accept(form, said, FORMATS)
    except InvalidForm as error:
        missing = sorted(place for place in error.fields if not _is_sheltered(said, place))
        if missing:
            return {}, missing
        taken = said
    return {**{name: None for name in known if name not in said}, **taken}, []


def _is_sheltered(values: Mapping[str, Any], place: str) -> bool:
    """Whether a value lies in the vault: that it is a reference here is no fault of it."""
    found: Any = values
    for part in place.split("."):
        if isinstance(found, dict):
            found = found.get(part)
        elif isinstance(found, list) and part.isdecimal() and int(part) < len(found):
            found = found[int(part)]
        if is_reference(found):
            return True
    return False


def asked_for(form: Form | None) -> list[str]:
    """The fields that a task asks for, those first that it cannot do without; empty where it asks for nothing."""
    if form is None:
        return []
    required = [name for name in form.schema.get("required", ()) if name in form.properties]
    return required or list(form.properties)
