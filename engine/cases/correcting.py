"""Corrects the data of a case: fields get other values or go, and old and new stand in the history.

What was worked out from the old values stays as it is: the tasks that were offered, the terms and timers that run, the
keys of messages. Whoever wants those anew lets the token jump to where they are worked out.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from sqlalchemy import Connection

from ..bundles import Bundle
from ..canonical import moment
from ..errors import Conflict, FieldError, InvalidForm, Refusal
from ..forms import accept, accept_plain
from ..forms.schema import Form
from ..model import Actor, CaseId
from ..store import rollouts
from ..store.vault import Shelter, demand_known, is_reference
from .context import Context
from .steps import Opened, Taken, open_case, take
from .tasks import held_by

LONGEST_NAME = 100  # of a field


def correct(
    context: Context,
    connection: Connection,
    case_id: CaseId | str,
    values: Mapping[str, Any],
    remove: Iterable[str],
    by: Actor,
    reason: str,
) -> Taken:
    """Give fields of an open or suspended case other values, or take them away; Refusal where nothing would change."""
    opened = open_case(context, connection, case_id)
    if opened.row.status not in ("open", "suspended"):
        raise Conflict(f"The case {opened.row.number} is {opened.row.status}.", status=opened.row.status)
    data, shelter = opened.marking.data, opened.shelter()
    fresh = accepted(context, connection, opened, values, shelter)
    fresh = {name: value for name, value in fresh.items() if name not in data or data[name] != value}
    removed = sorted({name for name in remove if name in data} - values.keys())
    if not (fresh or removed):
        raise Refusal("The case has these values already.")
    given = {"values": fresh, "removed": removed, "reason": reason}
    return take(context, connection, opened, "corrected", given, by, shelter)


def accepted(
    context: Context, connection: Connection, opened: Opened, values: Mapping[str, Any], shelter: Shelter
) -> dict[str, Any]:
    """The values as they are kept: checked by what the forms say of their fields, personal ones sheltered."""
    plain, data = accept_plain(values), opened.marking.data
    bundles = list(_bundles(context, connection, opened)) if plain else []
    declared = {name: list(_declared(bundles, name)) for name in plain}
    faults: dict[str, FieldError] = {}
    for name, forms in declared.items():
        if name not in data and not forms and not (name.isidentifier() and len(name) <= LONGEST_NAME):
            faults[name] = FieldError("undeclared")
        if plain[name] is not None:  # as a form leaves a field that somebody empties
            faults |= _faults(context, connection, name, plain[name], forms)
    if faults:
        raise InvalidForm(faults)
    demand_known(plain, held_by(opened.marking))
    for name, forms in declared.items():
        for schema in (*(form.schema for form in forms), {"properties": {name: like(data.get(name))}}):
            plain |= shelter.without_personal(schema, {name: plain[name]})
    return plain


def _declared(bundles: Iterable[Bundle], name: str) -> Iterator[Form]:
    """The forms that say what a field may hold; what stands under the variable of a task is a form as a whole."""
    for bundle in bundles:
        for element in bundle.diagram.elements if bundle.diagram else ():
            form = bundle.form_of(element.id)
            variable = element.variable_name or (element.event.variable if element.event else None)
            if form is None:
                continue
            if variable == name:
                yield Form(form.path, {"type": "object", "properties": {name: form.part(form.properties).schema}})
            elif not variable and name in form.properties:
                yield form.part([name])


def _bundles(context: Context, connection: Connection, opened: Opened) -> Iterator[Bundle]:
    """The bundle of a case, what it has called and what it may call."""
    seen: set[str] = set()
    todo = [opened.row.bundle, *(token.calls for token in opened.marking.tokens if token.calls)]
    while todo:
        digest = todo.pop(0)
        if digest in seen:
            continue
        seen.add(digest)
        bundle = context.shelf.bundle(connection, digest)
        yield bundle
        called = {one.called_process for one in bundle.diagram.elements} if bundle.diagram else set()
        for key in sorted(filter(None, called)):
            todo += [turn.deployment.bundle for turn in rollouts.standing(connection, key, moment(opened.at))]


def _faults(
    context: Context, connection: Connection, name: str, value: Any, forms: Iterable[Form]
) -> dict[str, FieldError]:
    """What every form that declares a field finds wrong with a value; nothing where one of them takes it."""
    found: dict[str, FieldError] = {}
    for form in forms:
        try:
            accept(form, {name: value}, context.formats, context.exists(connection))
        except InvalidForm as error:
            held = [place for place in error.fields if _is_held({name: value}, place)]
            found = {place: fault for place, fault in error.fields.items() if place not in held}
            if not found:
                return {}
        else:
            return {}
    return found


def _is_held(value: Any, place: str) -> bool:
    """Whether a reference stands at a place or around it: what is behind it was checked when it came in."""
    for name in place.split("."):
        if is_reference(value):
            return True
        value = value.get(name) if isinstance(value, dict) else _at(value, name) if isinstance(value, list) else None
    return is_reference(value)


def _at(items: list[Any], number: str) -> Any:
    return items[int(number)] if number.isdecimal() and int(number) < len(items) else None


def like(value: Any) -> dict[str, Any]:
    """A schema by which is personal what stands where a value holds something personal."""
    if is_reference(value):
        return {"x-personal": True}
    if isinstance(value, dict):
        return {"properties": {name: like(one) for name, one in value.items()}}
    if isinstance(value, list):
        return {"items": _merged([like(one) for one in value])}
    return {}


def _merged(schemas: list[dict[str, Any]]) -> dict[str, Any]:
    if any(one.get("x-personal") for one in schemas):
        return {"x-personal": True}
    inside: dict[str, list[dict[str, Any]]] = {}
    for one in schemas:
        for name, schema in one.get("properties", {}).items():
            inside.setdefault(name, []).append(schema)
    items = [one["items"] for one in schemas if "items" in one]
    found: dict[str, Any] = {"properties": {name: _merged(each) for name, each in inside.items()}} if inside else {}
    return {**found, "items": _merged(items)} if items else found


__all__ = ["correct"]
