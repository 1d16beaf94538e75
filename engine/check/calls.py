"""What a diagram calls: operators, processes, decision tables. Each must be there and be given what it needs."""

from __future__ import annotations

from collections.abc import Iterator

from ..diagram import Element
from ..feel import nodes as n
from ..model import Finding
from ..operators import Operator
from .declared import RESULT, has_names
from .phrases import phrase
from .subject import Subject, near

NONE = phrase("(none)")
START = "case/start"  # the operator that begins a case of another process


def check_processes(subject: Subject) -> Iterator[Finding]:
    """Calls of processes that are not deployed, or of the process itself."""
    known = subject.installation.processes
    for element in subject.diagram.elements:
        if element.kind == "callActivity":
            called = element.called_process or ""
            if called == subject.diagram.key:
                yield subject.find("call-to-itself", element)
            elif called not in known:
                yield subject.find("unknown-process", element, name=called or NONE, hint=near(called, known))


def check_starts_of_others(subject: Subject) -> Iterator[Finding]:
    """Hand-overs to processes that are not deployed, where the process is written out."""
    known = {*subject.installation.processes, subject.diagram.key}
    for formula, tree in subject.trees.items():
        part = subject.part(formula.element)
        starts = isinstance(part, Element) and part.operation is not None and part.operation.id == START
        if isinstance(part, Element) and starts and formula.role == "parameter" and formula.name == "process":
            for name in sorted(set(_texts(tree)) - known):
                yield subject.find("unknown-start", part, name=name, hint=near(name, known))


def _texts(tree: object) -> Iterator[str]:
    """The texts that an expression may give, as far as they are written out."""
    todo = [tree]
    while todo:
        node = todo.pop()
        if isinstance(node, n.If):
            todo += [node.yes, node.no]
        elif isinstance(node, n.Literal) and isinstance(node.value, str):
            yield node.value


def check_operators(subject: Subject) -> Iterator[Finding]:
    """Service tasks without an operator that is installed, and their parameters."""
    registry = subject.installation.operators
    for element in subject.diagram.elements:
        if element.kind == "serviceTask":
            name = element.operation.id if element.operation else ""
            operator = registry.get(name)
            if operator is None and name not in subject.installation.built_in:
                hint = near(name, [*(one.name for one in registry), *subject.installation.built_in])
                yield subject.find("unknown-operator", element, name=name or NONE, hint=hint)
            elif operator:
                yield from _parameters(subject, element, operator)


def _parameters(subject: Subject, element: Element, operator: Operator) -> Iterator[Finding]:
    given = element.operation.parameters if element.operation else {}
    known = {parameter.name for parameter in operator.parameters}
    for parameter in operator.parameters:
        if parameter.required and parameter.name not in given:
            yield subject.find("missing-parameter", element, name=parameter.name, operator=operator.name)
    for name in given if known else ():
        if name not in known:
            yield subject.find("unknown-parameter", element, name=name, operator=operator.name, hint=near(name, known))


def check_decisions(subject: Subject) -> Iterator[Finding]:
    """Business rule tasks whose table is not there, or whose rows have no place to go to."""
    known = frozenset(subject.installation.decisions).union(*subject.decision_ids.values())
    for element in subject.diagram.elements:
        if element.kind != "businessRuleTask":
            continue
        name = element.called_decision or ""
        decision = subject.decisions.get(name)
        if name not in known:
            yield subject.find("unknown-decision", element, name=name or NONE, hint=near(name, known))
        elif decision and not element.properties.get(RESULT, "").strip() and not has_names(decision):
            yield subject.find("result-variable", element, name=name)
