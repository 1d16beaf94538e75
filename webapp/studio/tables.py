"""What the editor of decision tables asks while one types: cells that cannot be read, rows that are wrong, a trial.

The text is the editor's own, saved or not; what it cannot hold is said in its place, and nothing here is kept.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from flask_babel import gettext as _

from engine import feel
from engine.bounded import NOT_READ
from engine.canonical import canonical, normal
from engine.errors import MalformedXml, NotFound
from engine.feel.hits import policy_of
from engine.model import Finding
from engine.sketches import Sketch
from engine.xml import parse_xml

from .. import here, when
from . import expressions, sketches

LONGEST = 2_000  # characters of a value that is tried
ALL = policy_of("COLLECT", None, ())
TEXTS = ("string", "")


def judged(found: Sketch, path: str, text: str) -> dict[str, Any]:
    """What is wrong with a table as it is typed: by cell, and what the checks say of this file."""
    files = {**found.files, path: text.encode()}
    judged = sketches.check(files, found.digest)
    told = sketches.said(judged, files, here.words().lang)
    mine = [_placed(one, finding) for one, finding in zip(told, judged.findings, strict=True) if finding.file == path]
    return {"cells": _cells(text) if _harmless(judged.findings) else [], "findings": mine}


def _harmless(findings: tuple[Finding, ...]) -> bool:
    """Whether a file may be read here, too: what was too much for a child process is too much."""
    return all(one.rule not in (NOT_READ, "too-many", "malformed-xml") for one in findings)


def _placed(said: dict[str, Any], finding: Finding) -> dict[str, Any]:
    """A finding with the decision and the rows that it is about, by their numbers."""
    rows = [finding.data[name] for name in ("row", "other") if isinstance(finding.data.get(name), int)]
    return {**said, "decision": str(finding.data.get("decision", "")), "rows": rows}


def _cells(text: str) -> list[dict[str, Any]]:
    """The parts of a file that cannot be read, each with the place in its text."""
    try:
        problems = feel.read_problems(parse_xml(text), _language())
    except (MalformedXml, RecursionError):
        return []
    return [_cell(one) for one in problems]


def _cell(problem: feel.Problem) -> dict[str, Any]:
    error = problem.error
    place = {"line": error.line, "column": error.column} if error.source else {"line": 0, "column": 0}
    return {"element": problem.element, "decision": problem.decision, "said": _said(error), **place}


def _said(error: feel.ExpressionError) -> str:
    """What the reader of expressions says, with the place where it stopped."""
    why = expressions.said(error.message, here.words().lang)
    if not error.source:
        return why
    if error.line > 1:
        return _("Line %(line)s, column %(column)s: %(why)s", line=error.line, column=error.column, why=why)
    return _("Column %(column)s: %(why)s", column=error.column, why=why)


def tried(text: str, decision: str, values: Mapping[str, str]) -> dict[str, Any]:
    """What a decision says to some values: the rows that hit, those that count, and the outputs.

    `values` are what somebody wrote for each input, by the number of its column; empty is null. NotFound where there is
    no such decision.
    """
    try:
        decisions = feel.read_decisions(parse_xml(text), _language())
    except MalformedXml as error:
        return {"problem": expressions.said(error.why, here.words().lang)}
    except feel.ExpressionError as error:
        return {"problem": _said(error)}
    if decision not in decisions:
        raise NotFound
    return _outcome(decisions[decision], values)


def _outcome(decision: feel.Decision, values: Mapping[str, str]) -> dict[str, Any]:
    columns, wrong = [], {}
    for number, column in enumerate(decision.inputs):
        try:
            columns.append(replace(column, expression=_given(column.type, values.get(str(number), "").strip())))
        except feel.ExpressionError as error:
            wrong[number] = _said(error)
    if wrong:
        return {"wrong": wrong}
    asked, now = replace(decision, inputs=tuple(columns)), when.local(here.services().now())
    try:
        hits = replace(asked, policy=ALL).evaluate({}, now).rows
        outcome = asked.evaluate({}, now)
    except feel.ExpressionError as error:
        return {"problem": _said(error), "hits": _all_hits(asked, now)}
    return {
        "hits": list(hits),
        "counts": list(outcome.rows),
        "value": _shown(outcome.value),
        "outputs": _names(decision),
    }


def _all_hits(decision: feel.Decision, now: Any) -> list[int]:
    """The rows that hit, also where the table may not have so many."""
    bare = replace(
        decision, policy=ALL, rows=tuple(replace(row, results=(None,) * len(row.results)) for row in decision.rows)
    )
    try:
        return list(bare.evaluate({}, now).rows)
    except feel.ExpressionError:
        return []


def _names(decision: feel.Decision) -> list[str]:
    return [column.name for column in decision.outputs]


def _given(type: str, text: str) -> feel.Expression:
    """What somebody wrote for a column, as an expression: a text needs no quotes in a column of texts."""
    if len(text) > LONGEST:
        raise feel.ExpressionError("it is too long")
    if type in TEXTS and text and not _is_expression(type, text):
        text = '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
    elif type in PLAIN and text and not text.startswith(('"', "@", *CALLS)):
        text = f'"{text}"'
    return feel.compile_expression(text or "null", _language(), frozenset())


def _is_expression(type: str, text: str) -> bool:
    """Whether a text is meant as FEEL: it is quoted, or in a column without a type it can be read."""
    if text.startswith('"') and text.endswith('"') and len(text) > 1:
        return True
    if type == "string":
        return False
    try:
        feel.compile_expression(text, _language(), frozenset())
    except feel.ExpressionError:
        return False
    return True


PLAIN = frozenset(
    {
        "date",
        "time",
        "dateTime",
        "date and time",
        "dayTimeDuration",
        "yearMonthDuration",
        "duration",
        "days and time duration",
        "years and months duration",
    }
)  # their columns read a text as what they are
CALLS = ("date", "time", "duration", "today", "now")


def _shown(value: Any) -> Any:
    """A value as FEEL shows it, each output for itself."""
    plain = feel.export(value, feel.Budget(feel.Limits()))
    if isinstance(plain, dict):
        return {name: _text(one) for name, one in plain.items()}
    return [_shown(one) for one in plain] if isinstance(plain, list) else _text(plain)


def _text(value: Any) -> str:
    return value if isinstance(value, str) else canonical(normal(value)).decode()


def _language() -> feel.Language:
    return here.engine().configuration().language
