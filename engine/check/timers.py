"""Times and numbers that are written out: timers, terms of tasks, how often an activity runs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from .. import feel
from ..calendars.functions import NAMES
from ..calendars.terms import SHORTEST, Term, lasting, parse_term, term_or_moment
from ..diagram import Element, Formula
from ..feel import nodes as n
from ..model import Finding
from .phrases import phrase
from .subject import Subject, where

SOME_DAY = datetime(2026, 6, 1, tzinfo=UTC)  # any moment will do for a length of time
MOST_INSTANCES = 1_000
TERM = "dueIn"
DURATION = 'write a duration like "PT72H" in quotes, or a moment like business_days(2)'
UNQUOTED = re.compile(r"(R\d*/)?P[\dTYMWDHS.]+")  # like a duration or a cycle, though it may be none


def check_timers(subject: Subject) -> Iterator[Finding]:
    """Timers and terms that are no time, or one that never comes."""
    for formula in subject.diagram.formulas:
        if formula.role == "timer" or (formula.role == "metadata" and formula.name == TERM):
            why = fault_of_time(subject, formula)
            if why:
                yield subject.find_in("timer-malformed", formula, why=why)
    for element in subject.graph.elements:
        yield from _written(subject, element)
    for formula, tree in subject.trees.items():
        if why := next((why for call in asked(tree) if (why := fault_of_term(call))), ""):
            yield subject.find_in("timer-malformed", formula, why=why)


def asked(tree: n.Node | tuple[n.Assignment, ...]) -> Iterator[n.Call]:
    """The calls in an expression or script that ask when a term is over."""
    if isinstance(tree, n.Call) and tree.function == "due":
        yield tree
    for part in n.children(tree) if isinstance(tree, n.Node) else tree:
        yield from asked(part)


def fault_of_term(call: n.Call) -> str:
    """What is wrong with the term that `due` is given, where it is written out."""
    term = call.arguments[0] if call.arguments else None
    if not isinstance(term, n.Literal) or not isinstance(term.value, str):
        return ""
    given = term.value
    return _fault(lambda: term_or_moment(given))


def _written(subject: Subject, element: Element) -> Iterator[Finding]:
    """Times that are no expressions: a term as it stands, or none where one must be."""
    term, event = element.metadata.get(TERM, "").strip(), element.event
    if term and not term.startswith("="):
        why = _fault(lambda: term_or_moment(term))
        if why:
            yield subject.find("timer-malformed", element, where=phrase("the term"), why=why)
    if event and event.kind == "timer":
        why = phrase(DURATION) if not (event.expression or "").strip() else ""
        if event.timer == "timeCycle" and not why and not comes_again(subject, element):
            why = phrase("of a cycle only the first time would count here; write a duration, or draw a loop")
        if why:
            yield subject.find("timer-malformed", element, where=phrase("the timer"), why=why)


def comes_again(subject: Subject, element: Element) -> bool:
    """Whether an event can come more than once: beside an activity or a scope, or as the start of cases."""
    if element.kind == "boundaryEvent":
        return not element.cancel_activity
    return begins_cases(subject, element) or (element.kind == "startEvent" and not element.interrupting)


def begins_cases(subject: Subject, element: Element) -> bool:
    """Whether an event is a start of the process itself."""
    return element.kind == "startEvent" and element.scope == subject.diagram.key


def fault_of_time(subject: Subject, formula: Formula) -> str:
    """What is wrong with a time that is written out; nothing if it depends on data, or is right."""
    text, tree = formula.text.strip(), subject.trees.get(formula)
    if UNQUOTED.fullmatch(text) or not _fault(lambda: parse_term(text)):
        bare = text.rpartition("/")[2]
        return _fault(lambda: parse_term(bare)) or phrase('write it in quotes: "{text}"', text=text)
    if isinstance(tree, n.Call) and tree.function in NAMES:
        counts = [part.value for part in tree.arguments if isinstance(part, n.Literal)]
        whole = [int(count) for count in counts if isinstance(count, Decimal)]
        return _fault(lambda: [Term(unit=NAMES[tree.function], count=count) for count in whole])
    if not isinstance(tree, n.Node) or not constant(tree):
        return ""
    if formula.role == "metadata" and isinstance(tree, n.Literal) and tree.value is None:
        return ""  # a task without a term
    part = subject.part(formula.element)
    if isinstance(part, Element) and part.event and part.event.timer == "timeCycle":
        return fault_of_cycle(subject, part, formula.text)
    return _fault(lambda: time_of(value_of(subject, formula.text)))


def fault_of_cycle(subject: Subject, element: Element, text: str) -> str:
    """What is wrong with a cycle that is written out."""
    try:
        value = value_of(subject, text)
        times, rest = (feel.parse_repeating(value) if isinstance(value, str) else None) or (0, value)
        term = time_of(rest)
    except (ValueError, OverflowError) as error:
        return str(error)
    if times and begins_cases(subject, element):
        return phrase("a process that begins by the clock goes on without end; leave the number out, as in R/P7D")
    quick = isinstance(term, Term) and term.unit == "ISO" and not term.months and term.length < SHORTEST
    return phrase("it comes again within less than a minute") if quick else ""


def time_of(value: Any) -> object:
    """What a timer makes of a value; ValueError where that is nothing."""
    if isinstance(value, str):
        return term_or_moment(value)
    if isinstance(value, (timedelta, feel.Months)):
        return lasting(value)
    if isinstance(value, date):
        return value
    raise ValueError(f"{feel.kind(value)} is neither a duration nor a moment")


def constant(tree: n.Node) -> bool:
    """Whether a tree depends on no data and on nothing but the language's own functions."""
    if isinstance(tree, (n.Name, n.IsDefined)) or (isinstance(tree, n.Call) and tree.function not in feel.BUILT_IN):
        return False
    return all(map(constant, n.children(tree)))


def value_of(subject: Subject, text: str) -> Any:
    """The value of an expression that depends on no data; what fails is a ValueError."""
    try:
        return feel.compile_expression(text, subject.installation.language).evaluate({}, now=SOME_DAY)
    except feel.ExpressionError as error:
        raise ValueError(error.message) from None


def _fault(attempt: Any) -> str:
    try:
        attempt()
    except (ValueError, OverflowError) as error:
        return str(error)
    return ""


def check_instances(subject: Subject) -> Iterator[Finding]:
    """Activities of which it is unclear, or absurd, how often they run."""
    for element in subject.graph.elements:
        loop = element.multi_instance
        if loop and (loop.cardinality is None) == (loop.collection is None):
            why = phrase("give it a list (loopDataInputRef) or a number (loopCardinality), one of them")
            yield subject.find("instances-malformed", element, why=why)
    for formula, tree in subject.trees.items():
        if formula.role == "cardinality" and isinstance(tree, n.Node) and constant(tree):
            yield from _counted(subject, formula)


def _counted(subject: Subject, formula: Formula) -> Iterator[Finding]:
    element = subject.part(formula.element)
    if not isinstance(element, Element):
        return
    try:
        count = value_of(subject, formula.text)
    except ValueError as error:
        yield subject.find("instances-malformed", element, why=str(error))
        return
    if not isinstance(count, Decimal) or count < 0 or count != count.to_integral_value():
        why = phrase("{where} must be a whole number", where=where(formula))
        yield subject.find("instances-malformed", element, why=why)
    elif count > MOST_INSTANCES:
        yield subject.find("too-many-instances", element, count=int(count), most=MOST_INSTANCES)
