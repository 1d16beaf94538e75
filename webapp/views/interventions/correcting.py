"""Correcting the data of a case: the field is chosen from all that it holds, then its new value is typed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import request
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from engine import Case
from engine.errors import FieldError, InvalidForm, NotFound, Refusal

from ... import here
from ...labels import NOTHING, Labels, Row, is_reference, labels_of
from . import asked
from .asking import done, no_reason, page, pages, reason
from .kinds import INTERVENTIONS, allowed, found

TEMPLATE = "intervention_correct.html"


@dataclass(frozen=True, kw_only=True)
class Correctable:
    """A field of the data: its name, what it is called, and the value that it has, if it has one."""

    name: str
    label: str
    inner: bool  # no form declares it: the process has worked it out, and its name is no word
    row: Row | None


@pages.get("/correction")
def ask_correction(case_id: str) -> Any:
    """Ask which field is wrong; then for its new value."""
    case, asked_for = found(case_id, "correction")
    name = request.args.get("field", "")
    if not name:
        return page(case, asked_for, "", TEMPLATE, rows=_fields(case))
    return _page(case, name, asked.as_typed(_schema(case, name), name, case.data.get(name)))


@pages.post("/correction")
def correct(case_id: str) -> Any:
    """Correct one field, with a reason."""
    case, name = allowed(case_id, "correction"), request.args.get("field", "")
    schema = _schema(case, name)
    if asked.wants_more(request.form):
        return _page(case, name, request.form)
    remove = request.form.get("_take_away") == "on"
    problem = no_reason()
    try:
        values = {} if remove else {name: _new(case, schema, name)}
        if problem:
            return _page(case, name, request.form, problem), 422
        here.engine().correct(case.id, values, by=here.actor(), reason=reason(), remove=[name] if remove else [])
    except InvalidForm as error:
        return _page(case, name, request.form, problem, errors=error.fields), 422
    except Refusal as error:
        if type(error) is not Refusal:
            raise
        same = _("The case holds this value already; write the right one")
        return _page(case, name, request.form, refused=same), 422
    return done(case, INTERVENTIONS["correction"])


def _new(case: Case, schema: Mapping[str, Any], name: str) -> Any:
    """The new value; InvalidForm where there is none, or it cannot be read."""
    values = asked.given(schema, request.form)
    if name not in values:
        raise InvalidForm({name: FieldError("required")})
    if not asked.is_json(schema, name):
        return asked.with_references(case.data.get(name), values[name])
    try:
        return asked.unwritten(str(values[name]))
    except ValueError as error:
        raise InvalidForm({name: FieldError("value")}) from error


def _fields(case: Case) -> list[Correctable]:
    """All that a case holds, and what its forms declare and nobody has entered."""
    labels = labels_of(here.engine().bundle(case.bundle), here.words(), here.engine())
    held = [name for name in case.data if case.data[name] not in NOTHING]
    names = dict.fromkeys([*(n for n in labels.fields if n in held), *sorted(held), *labels.fields, *case.data])
    return [_correctable(labels, name, case.data.get(name)) for name in names]


def _correctable(labels: Labels, name: str, value: Any) -> Correctable:
    row = None if value in NOTHING else next(row for part in labels.rows({name: value}) for row in part)
    return Correctable(name=name, label=labels.field(name), row=row, inner=name not in labels.fields)


def _schema(case: Case, name: str) -> Mapping[str, Any]:
    """How a field is asked for; NotFound where neither the case nor its forms have it."""
    declared = asked.of_field(here.engine().bundle(case.bundle), name)
    if declared is None and name not in case.data:
        raise NotFound
    return declared or asked.of_value(name, case.data[name])


def _page(
    case: Case,
    name: str,
    typed: MultiDict[str, str],
    problem: str = "",
    refused: str = "",
    errors: Mapping[str, FieldError] | None = None,
) -> str:
    labels, value = labels_of(here.engine().bundle(case.bundle), here.words(), here.engine()), case.data.get(name)
    drawn = asked.drawn(_schema(case, name), typed, errors)
    return page(
        case,
        INTERVENTIONS["correction"],
        problem,
        TEMPLATE,
        chosen=_correctable(labels, name, value),
        old=asked.written(value) if asked.is_json(_schema(case, name), name) and not is_reference(value) else "",
        may_go=name in case.data,
        take_away=request.form.get("_take_away") == "on",
        refused=refused,
        **drawn,
    )
