"""What each element writes into the data of a case, and what the names of an instance stand for."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cached_property
from typing import Any

from .. import feel
from ..diagram import Element, Formula, MultiInstance
from ..feel import nodes as n
from ..feel.dmn_types import Coerce
from .reading import Path, path_of
from .shapes import ANY, BOOLEAN, ITEM, NUMBER, TEXT, Shape, merged, of_schema
from .subject import Subject

RESULT = "resultVariable"
LOOP_COUNTER = "loopCounter"
PLAIN: Mapping[type, str] = {str: TEXT, Decimal: NUMBER, bool: BOOLEAN}
STARTS = ("none", "message")


@dataclass(frozen=True, slots=True)
class Written:
    """What an element writes by name; `open` if it may write names that nobody knows."""

    names: Mapping[str, Shape]
    open: bool = False


NOTHING = Written({})


class Declarations:
    """What the elements of a diagram write, worked out once."""

    def __init__(self, subject: Subject) -> None:
        self.subject = subject
        self.forms = {path: of_schema(form.schema, form=True) for path, form in subject.forms.items()}
        self.texts: dict[str, list[Formula]] = {}
        self._made: dict[str, Written] = {}
        for formula in subject.diagram.formulas:
            self.texts.setdefault(formula.element, []).append(formula)

    @cached_property
    def of(self) -> Mapping[str, Written]:
        """What each element writes, by id."""
        return {element.id: self.written(element) for element in self.subject.graph.elements}

    @cached_property
    def inputs(self) -> Written:
        """What is there before anything has run: what the process declares to be called with."""
        process = self.subject.diagram.process
        return Written(dict.fromkeys((process.inputs or ()) if process else (), ANY))

    def written(self, element: Element) -> Written:
        """What one element writes when it is done."""
        made = self.made(element)
        loop = element.multi_instance
        assigned = self.assigned(element)
        if loop is None and not assigned:
            return made
        names = {**made.names, **assigned}
        if loop is None:
            return Written(names, made.open)
        names = {name: replace(shape, sure=False) for name, shape in names.items() if name not in loop.locals}
        if loop.output:
            result = made.names.get(loop.output_item or "", ANY)
            names[loop.output] = Shape("list", item=replace(result, sure=True))
        return Written(names, made.open)

    def made(self, element: Element) -> Written:
        """What an element writes by what it is, before any script of its own."""
        if element.id not in self._made:
            self._made[element.id] = self._by_kind(element)
        return self._made[element.id]

    def _by_kind(self, element: Element) -> Written:
        if element.event is not None:
            return self.brought(element)
        if element.kind == "userTask":
            return self.filled(element.form, element.variable_name)
        if element.kind == "serviceTask":
            return self.answered(element)
        if element.kind == "businessRuleTask":
            return self.decided(element)
        return Written({}, open=element.kind == "callActivity")

    def filled(self, form: str | None, variable: str | None) -> Written:
        """The fields of a form, under a name of their own or one by one."""
        shape = self.forms.get(form or "")
        if variable:
            return Written({variable: replace(shape, sure=True) if shape else ANY})
        if shape is None or shape.kind != "context":
            return NOTHING
        return Written(shape.members, shape.open)

    def brought(self, element: Element) -> Written:
        """What an event brings: the content of its message, or of its signal or error."""
        event = element.event
        if event is None or event.kind not in ("none", "message", "signal", "error"):
            return NOTHING
        if element.kind in ("endEvent", "intermediateThrowEvent", "sendTask"):
            return NOTHING
        if element.form or event.variable:
            return self.filled(element.form, event.variable)
        begins = element.kind == "startEvent" and element.scope == self.subject.diagram.key
        return Written({}, open=not begins and event.kind != "none")

    def answered(self, element: Element) -> Written:
        """The result of an operator, under its variable or name by name."""
        call = element.operation
        operator = self.subject.installation.operators.get(call.id) if call else None
        shape = of_schema(operator.result) if operator and operator.result else ANY
        if call and call.result_variable:
            return Written({call.result_variable: shape})
        return Written(shape.members, shape.open) if shape.kind == "context" else Written({}, open=operator is not None)

    def decided(self, element: Element) -> Written:
        """The outputs of a table by their names, or all of it under the result variable."""
        decision = self.subject.decisions.get(element.called_decision or "")
        variable = element.properties.get(RESULT, "").strip()
        if decision is None:
            return Written({variable: ANY} if variable else {}, open=not variable)
        if variable:
            return Written({variable: result_of(decision)})
        return Written(outputs_of(decision) if decision.policy.single else dict.fromkeys(names_of(decision), ANY))

    def assigned(self, element: Element, roles: Collection[str] = ("script", "postScript")) -> dict[str, Shape]:
        """What the scripts of an element assign."""
        found: dict[str, Shape] = {}
        for formula in self.texts.get(element.id, ()):
            tree = self.subject.trees.get(formula) if formula.role in roles else None
            for line in tree if isinstance(tree, tuple) else ():
                found[line.path[0]] = _of_value(line.value) if len(line.path) == 1 else Shape("context", open=True)
        return found

    def local(self, element: Element, own: bool = True) -> Iterator[tuple[str, Path | None]]:
        """The names of the instances around an element, with the path that they stand for; the innermost last.

        Without its own they are those that it reads before it has instances.
        """
        for host in (*reversed(list(self.subject.graph.hosts(element))), *([element] if own else ())):
            if host.multi_instance:
                yield from instance_names(host.multi_instance, self.collection(host))

    def collection(self, element: Element) -> Path | None:
        """The path of the list that a multi-instance goes through."""
        for formula in self.texts.get(element.id, ()):
            tree = self.subject.trees.get(formula)
            if formula.role == "collection" and isinstance(tree, n.Node):
                return path_of(tree)
        return None


def instance_names(loop: MultiInstance, collection: Path | None) -> Iterator[tuple[str, Path | None]]:
    """The names of an instance, with the path that they stand for."""
    yield LOOP_COUNTER, None
    if loop.output_item:
        yield loop.output_item, None
    if loop.item:
        yield loop.item, (*collection, ITEM) if collection else None


def has_names(decision: feel.Decision) -> bool:
    """Whether the result of a table can be written by the names of its outputs."""
    return decision.policy.single or (decision.policy.combine is not None and len(decision.outputs) == 1)


def result_of(decision: feel.Decision) -> Shape:
    """The shape of a table's whole result."""
    made = outputs_of(decision)
    row = Shape("context", made) if len(made) > 1 else next(iter(made.values()), ANY)
    if decision.policy.single:
        return row
    return ANY if decision.policy.combine else Shape("list", item=row)


def names_of(decision: feel.Decision) -> list[str]:
    """The names of a table's outputs."""
    return [output.name for output in decision.outputs]


def outputs_of(decision: feel.Decision) -> dict[str, Shape]:
    """What each output of a table is: one of the values in its column, where they are written out."""
    found = {}
    for number, output in enumerate(decision.outputs):
        cells = [row.results[number] for row in decision.rows]
        given = [_of_value(cell.tree, output.coerce) for cell in (*cells, output.default) if cell is not None]
        found[output.name] = merged(given)
    return found


def _same(value: Any) -> Any:
    return value


def _of_value(tree: n.Node, coerce: Coerce = _same) -> Shape:
    """What a script's value is, or that of a cell, where it is written out."""
    if isinstance(tree, n.If):
        return merged([_of_value(tree.yes, coerce), _of_value(tree.no, coerce)])
    if isinstance(tree, (n.Comparison, n.Logic, n.Not, n.Quantified, n.IsDefined)) and coerce is _same:
        return Shape("plain", types=frozenset({BOOLEAN}))
    if isinstance(tree, n.Literal):
        value = coerce(tree.value)
        for type_, kind in PLAIN.items():
            if type(value) is type_:
                return Shape("plain", types=frozenset({kind}), values=frozenset({value}))
    if isinstance(tree, n.ContextOf):
        return Shape("context", {entry.key: _of_value(entry.value) for entry in tree.entries}, open=True)
    return ANY
