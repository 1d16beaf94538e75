"""Kinds of values: what is compared, computed or decided on must be of kinds that go together, and be what it can be.

Kinds come from forms, tables, operators' results and scripts; where they are not known, nothing is said. Null goes with
everything. The names that the data must have are the subject of `names`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from .. import feel
from ..diagram import Element, Formula
from ..feel import nodes as n
from ..feel.signatures import Function
from ..model import Finding
from .knowledge import Knowledge
from .names import Checker, Site, dotted, place_of
from .phrases import Phrase, listed, phrase
from .reading import Bound, Path, path_of
from .shapes import BOOLEAN, ITEM, NUMBER, TEXT, Shape
from .subject import Subject, near

Kinds = frozenset[str]
UNKNOWN: Kinds = frozenset()
DECIDING: Kinds = frozenset({BOOLEAN})
CONTAINERS: Kinds = frozenset({"list", "context"})
ORDERS = ("<", "<=", ">", ">=")
WRITTEN: dict[type, str] = {str: TEXT, Decimal: NUMBER, bool: BOOLEAN}
NEEDED = {"text": TEXT, "number": NUMBER, "boolean": BOOLEAN}  # by what signatures say
PHRASES = {
    TEXT: phrase("text"),
    NUMBER: phrase("number"),
    BOOLEAN: phrase("true or false"),
    "list": phrase("list"),
    "context": phrase("context"),
}
MADE: dict[str, str] = {
    **dict.fromkeys(("count", "sum", "string length", "floor", "ceiling", "round", "number", "index of"), NUMBER),
    **dict.fromkeys(("string", "upper case", "lower case", "trim", "substring", "replace", "string join"), TEXT),
    **dict.fromkeys(("contains", "starts with", "ends with", "list contains", "odd", "even"), BOOLEAN),
}
SENDING = frozenset({"endEvent", "intermediateThrowEvent", "sendTask"})
MOST_NAMED = 8


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong at a place of an expression: the rule and the fields of its sentence."""

    rule: str
    position: int
    data: dict[str, Any]


def check_kinds(subject: Subject, knowledge: Knowledge) -> Iterator[Finding]:
    """Expressions that fail because of the kinds of what they read, and values that nothing ever is."""
    checker = Checker(subject, knowledge)
    for site in checker.sites():
        if site.formula is not None and site.node in subject.graph.reached:
            reader = _Reader(subject, checker, site, checker.bound(site.formula, site.element))
            yield from reader.findings(subject.trees[site.formula])
    for element in subject.graph.elements:
        decision = subject.decisions.get(element.called_decision or "")
        if decision and element.kind == "businessRuleTask" and subject.graph.is_reached(element):
            yield from _of_table(subject, checker, element, decision)


def check_mixed(subject: Subject, knowledge: Knowledge) -> Iterator[Finding]:
    """Names that one element writes as of one kind, and another one as of another."""
    for name, writers in sorted(knowledge.writers.items()):
        first: tuple[Element, Kinds] | None = None
        for element in knowledge.elements(writers):
            shape = knowledge.of(element).names[name]
            if shape.kind != "plain" or not shape.types or shape.personal:
                continue
            if first is not None and not first[1] & shape.types:
                yield subject.find(
                    "kinds-mixed", element, name=name, other=subject.label(first[0]), **_mixed(shape, first)
                )
                break
            first = first or (element, shape.types)


def _mixed(shape: Shape, first: tuple[Element, Kinds]) -> dict[str, Phrase]:
    return {
        "kinds": listed(PHRASES[kind] for kind in sorted(shape.types)),
        "others": listed(PHRASES[kind] for kind in sorted(first[1])),
    }


def domains(subject: Subject, knowledge: Knowledge) -> dict[str, dict[str, list[Any]]]:
    """What the columns of tables can be, by decision and by expression, as far as all that ask a table know it."""
    checker, found = Checker(subject, knowledge), dict[str, dict[str, list[Any]]]()
    for element in subject.graph.elements:
        decision = subject.decisions.get(element.called_decision or "")
        if decision is None or element.kind != "businessRuleTask":
            continue
        what = phrase("input {column} of the table {table}", column="", table=decision.name)
        site = Site(element, subject.graph.begin(element), [], what)
        reader = _Reader(subject, checker, site, dict(knowledge.declarations.local(element)))
        own = {column.expression.source: reader.shape(column.expression.tree) for column in decision.inputs}
        known = {text: list(shape.values) for text, shape in own.items() if shape is not None and shape.values}
        before = found.get(decision.id)
        both = known if before is None else {text: before[text] + known[text] for text in before.keys() & known.keys()}
        found[decision.id] = {text: sorted(set(values), key=str) for text, values in both.items()}
    return found


def _of_table(subject: Subject, checker: Checker, element: Element, decision: feel.Decision) -> Iterator[Finding]:
    """What the cells of a table compare with the columns, as they are where the table is asked."""
    bound = dict(checker.knowledge.declarations.local(element))
    for number, column in enumerate(decision.inputs):
        path = path_of(column.expression.tree)
        if path is None:
            continue
        for row in decision.rows:
            what = phrase("row {row} of the table {table}", row=row.number, table=decision.name)
            site = Site(element, subject.graph.begin(element), [], what)
            reader = _Reader(subject, checker, site, bound)
            yield from reader.findings(n.In(0, column.expression.tree, row.tests[number].tree))
    for row in decision.rows:
        what = phrase("row {row} of the table {table}", row=row.number, table=decision.name)
        site = Site(element, subject.graph.begin(element), [], what)
        for cell in (*row.tests, *filter(None, row.results)):
            if any(function.known for function in subject.installation.language.functions.values()):
                yield from _Reader(subject, checker, site, bound).of_functions(cell.tree)


def is_sent(formula: Formula, element: Element) -> bool:
    """Whether an expression is the content of a message that its element sends."""
    is_message = element.event is not None and element.event.kind == "message"
    return formula.role == "payload" and element.kind in SENDING and is_message


@dataclass
class _Reader:
    """Walks one expression; what is wrong is collected in the order of its text."""

    subject: Subject
    checker: Checker
    site: Site
    bound: Bound
    faults: list[Fault] = field(default_factory=list)

    def findings(self, tree: n.Node | tuple[n.Assignment, ...]) -> Iterator[Finding]:
        """What is wrong with an expression or a script."""
        if isinstance(tree, n.Node):
            kinds = self.kinds(tree)
            formula = self.site.formula
            if formula is not None and formula.role in ("condition", "completion"):
                self.deciding(tree, kinds)
            if kinds and "context" not in kinds and formula is not None and is_sent(formula, self.site.element):
                self.wrong(phrase("is {left} and no context", left=self.called(tree)), tree)
        else:
            for line in tree:
                self.kinds(line.value)
                if len(line.path) == 1:
                    self.bound = {**self.bound, line.path[0]: None}
        for fault in self.faults[:20]:
            yield self.finding(fault)

    def of_functions(self, tree: n.Node) -> Iterator[Finding]:
        """What is asked of functions that know what they may be asked for."""
        self.kinds(tree)
        yield from (self.finding(fault) for fault in self.faults if fault.rule == "not-configured")

    def finding(self, fault: Fault) -> Finding:
        """One of the faults, at its place."""
        formula: Formula | None = self.site.formula
        if formula is None:
            return self.subject.find(fault.rule, self.site.element, where=self.site.what, **fault.data)
        return self.subject.find_in(fault.rule, formula, place_of(formula.text, fault.position), **fault.data)

    # What is known

    def shape(self, node: n.Node) -> Shape | None:
        """What is known of a path."""
        path = path_of(node)
        if path is None:
            return None
        if path[0] in self.bound:
            start = self.bound[path[0]]
            if start is None:
                return None
            path = (*start, *path[1:])
        shape: Shape | None = self.checker.brought(self.site).get(path[0]) or self.written(path[0])
        for step in path[1:]:
            shape = shape.step(step) if shape else None
        return shape

    def written(self, name: str) -> Shape | None:
        """What a name is by all that may have written it, in an earlier round of a loop or beside this place too."""
        knowledge, node = self.checker.knowledge, self.site.node
        beside = knowledge.concurrent[self.site.element.id]
        writers = knowledge.writers.get(name, 0) & (self.checker.graph.before[node] | beside)
        known = writers and name not in knowledge.declarations.inputs.names
        return knowledge.shape(name, writers) if known else None

    def kinds(self, node: n.Node) -> Kinds:
        """The kinds that a part of an expression may have beside null; none where they are not known."""
        if isinstance(node, (n.Name, n.Field)):
            return self.kinds_of_path(node)
        if isinstance(node, n.Literal):
            return frozenset({WRITTEN[type(node.value)]}) if type(node.value) in WRITTEN else UNKNOWN
        if isinstance(node, n.Comparison):
            return self.comparison(node)
        if isinstance(node, n.Logic):
            for part in node.parts:
                self.deciding(part, self.kinds(part))
            return DECIDING
        if isinstance(node, n.Not):
            self.deciding(node.of, self.kinds(node.of))
            return DECIDING
        if isinstance(node, n.If):
            self.deciding(node.condition, self.kinds(node.condition))
            yes, no = self.kinds(node.yes), self.kinds(node.no)
            return yes | no if yes and no else UNKNOWN
        if isinstance(node, n.Arithmetic):
            return self.arithmetic(node)
        if isinstance(node, n.Call):
            return self.call(node)
        if isinstance(node, n.In):
            self.membership(node)
            return DECIDING
        if isinstance(node, n.Between):
            for bound in (node.low, node.high):
                self.together(phrase("compares {left} with {right}", **self.pair(node.of, bound)), node, node.of, bound)
            return DECIDING
        if isinstance(node, (n.For, n.Quantified)):
            return self.loop(node)
        if isinstance(node, n.Filter):
            self.kinds(node.of)
            return UNKNOWN
        for child in n.children(node):
            self.kinds(child)
        return CONTAINERS & {"list"} if isinstance(node, n.ListOf) else UNKNOWN

    def kinds_of_path(self, node: n.Node) -> Kinds:
        shape = self.shape(node)
        if shape is None or shape.personal or shape.kind == "any":
            return UNKNOWN
        return shape.types if shape.kind == "plain" else frozenset({shape.kind})

    def loop(self, node: n.For | n.Quantified) -> Kinds:
        before = self.bound
        for binding in node.bindings:
            path = path_of(binding.source) if binding.last is None else None
            start = self.rooted(path) if path else None
            self.bound = {**self.bound, binding.name: (*start, ITEM) if start else None}
        kinds = self.kinds(node.body)
        if isinstance(node, n.Quantified):
            self.deciding(node.body, kinds)
        self.bound = before
        return DECIDING if isinstance(node, n.Quantified) else frozenset({"list"})

    def rooted(self, path: Path) -> Path | None:
        if path[0] not in self.bound:
            return path
        start = self.bound[path[0]]
        return None if start is None else (*start, *path[1:])

    # What is wrong

    def wrong(self, does: Phrase, node: n.Node) -> None:
        self.faults.append(Fault("kinds-differ", node.position, {"does": does}))

    def pair(self, left: n.Node, right: n.Node) -> dict[str, Phrase]:
        return {"left": self.called(left), "right": self.called(right)}

    def called(self, node: n.Node) -> Phrase:
        """A part of an expression in a sentence: its path and its kind."""
        kinds = listed(PHRASES[kind] for kind in sorted(self.quietly(node)))
        path = path_of(node)
        return phrase("{path} ({kinds})", path=dotted(path), kinds=kinds) if path else kinds

    def quietly(self, node: n.Node) -> Kinds:
        before, self.faults = self.faults, []
        kinds = self.kinds(node)
        self.faults = before
        return kinds

    def deciding(self, node: n.Node, kinds: Kinds) -> None:
        """What is to be true or false must not surely be something else."""
        if kinds and BOOLEAN not in kinds:
            self.wrong(phrase("takes {left} for true or false", left=self.called(node)), node)

    def together(self, does: Phrase, at: n.Node, left: n.Node, right: n.Node) -> bool:
        """Whether two parts may be of one kind; a fault if they surely are not."""
        one, other = self.quietly(left), self.quietly(right)
        if one and other and not one & other:
            self.wrong(does, at)
            return False
        return True

    def comparison(self, node: n.Comparison) -> Kinds:
        left, right = self.kinds(node.left), self.kinds(node.right)
        does = phrase("compares {left} with {right}", **self.pair(node.left, node.right))
        if not self.together(does, node, node.left, node.right):
            return DECIDING
        if node.sign in ORDERS:
            for kinds, part in ((left, node.left), (right, node.right)):
                if kinds and kinds <= CONTAINERS | {BOOLEAN}:
                    self.wrong(phrase("asks whether {left} is more or less", left=self.called(part)), node)
                    break
        else:
            self.value(node, node.left, node.right)
            self.value(node, node.right, node.left)
        return DECIDING

    def value(self, at: n.Node, path: n.Node, literal: n.Node, item: bool = False) -> None:
        """A text that is written out must be one of those that the path can be, where these are known."""
        shape = self.shape(path)
        if item and shape is not None:
            shape = shape.step(ITEM) if shape.kind == "list" else None
        if shape is None or shape.values is None or not isinstance(literal, n.Literal):
            return
        value = literal.value
        if isinstance(value, (str, Decimal)) and value not in shape.values:
            given = path_of(path)
            texts = sorted(map(str, shape.values))
            data = {
                "name": dotted(given) if given else "",
                "value": str(value),
                "values": ", ".join(texts[:MOST_NAMED]) + (", …" if len(texts) > MOST_NAMED else ""),
                "hint": near(str(value), texts),
            }
            self.faults.append(Fault("value-never", at.position, data))

    def membership(self, node: n.In) -> None:
        """A value in unary tests: `"A"`, `"A", "B"`, `not("A")`, `> 5`."""
        self.kinds(node.of)
        todo = [node.test]
        while todo:
            test = todo.pop(0)
            if isinstance(test, n.AnyOf):
                todo = [*test.tests, *todo]
            elif isinstance(test, n.Not):
                todo = [test.of, *todo]
            elif isinstance(test, n.Matches):
                wanted = test.wanted
                for literal in wanted.items if isinstance(wanted, n.ListOf) else (wanted,):
                    self.matched(node.of, literal)
            elif isinstance(test, n.Signed):
                self.matched(node.of, test.right)

    def matched(self, path: n.Node, wanted: n.Node) -> None:
        """One value of a unary test."""
        if isinstance(wanted, n.RangeOf):
            wanted = wanted.low
        one, other = self.quietly(path), self.quietly(wanted)
        if one and other and not one & other:
            self.wrong(phrase("compares {left} with {right}", **self.pair(path, wanted)), wanted)
        else:
            self.value(wanted, path, wanted)

    def arithmetic(self, node: n.Arithmetic) -> Kinds:
        left, right = self.kinds(node.left), self.kinds(node.right)
        if not left or not right:
            return UNKNOWN
        both = left & right
        if NUMBER in both or (node.sign == "+" and TEXT in both):
            return both & {NUMBER, TEXT}
        does = phrase("computes {sign} of {left} and {right}", sign=node.sign, **self.pair(node.left, node.right))
        self.wrong(does, node)
        return UNKNOWN

    def call(self, node: n.Call) -> Kinds:
        function = self.subject.installation.language.functions.get(node.function)
        given = [self.kinds(argument) for argument in node.arguments]
        for number, kinds in enumerate(given if function and not function.spread else ()):
            needed = self.needed(function, number)
            if needed and kinds and needed not in kinds:
                left = self.called(node.arguments[number])
                self.wrong(phrase("gives {left} to {function}", left=left, function=node.function), node)
        if node.function == "list contains" and len(node.arguments) == 2:
            self.value(node, node.arguments[0], node.arguments[1], item=True)
        if function and function.known and node.arguments and isinstance(node.arguments[0], n.Literal):
            name = str(node.arguments[0].value)
            if name not in function.known:
                data = {"name": name, "hint": near(name, function.known)}
                self.faults.append(Fault("not-configured", node.position, data))
        made = MADE.get(node.function)
        return frozenset({made}) if made else UNKNOWN

    def needed(self, function: Function | None, number: int) -> str | None:
        """The kind that a function needs in a place, if it is a plain one."""
        return NEEDED.get(function.kinds[min(number, len(function.kinds) - 1)]) if function and function.kinds else None
