"""Names: what expressions read must be declared, be written before, and not be personal."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from .. import feel
from ..diagram import Element, Formula
from ..feel import nodes as n
from ..model import Finding
from .knowledge import Knowledge
from .phrases import Phrase, phrase
from .reading import Bound, Path, Read, reads, script_reads
from .shapes import ANY, ITEM, Shape
from .subject import Subject, near, where

AFTER = frozenset({"condition", "postScript", "completion"})  # read when the element has done its work
OUTSIDE = frozenset({"collection", "cardinality"})  # read before there are instances
COUNTS = ("numberOfInstances", "numberOfActiveInstances", "numberOfCompletedInstances")
HANDED_OVER = frozenset({"parameter", "payload"})


@dataclass(frozen=True, slots=True)
class Site:
    """One expression: where it stands in the diagram and in the work, and what it reads."""

    element: Element
    node: int
    reads: list[Read]
    what: Phrase  # what a sentence calls it
    formula: Formula | None = None  # none for a decision table
    own: bool = False  # whether it is a script that may read what its element has just brought


def check_names(subject: Subject, knowledge: Knowledge) -> Iterator[Finding]:
    """Names that nothing declares, that are read too early, and personal ones that are read at all."""
    checker, said = Checker(subject, knowledge), set()
    for site in checker.sites():
        for read in site.reads if site.node in subject.graph.reached else ():
            for one in checker.judged(site, read):
                key = (site.formula or site.element.id, one.rule, one.data["name"])
                if key not in said:
                    said.add(key)
                    yield one


class Checker:
    """Where expressions stand, and what is known there of what they read."""

    def __init__(self, subject: Subject, knowledge: Knowledge) -> None:
        self.subject, self.graph, self.knowledge = subject, subject.graph, knowledge

    def sites(self) -> Iterator[Site]:
        """Every expression and decision table of the diagram."""
        for formula, tree in self.subject.trees.items():
            element = self.reader_of(formula)
            if element is not None:
                bound = self.bound(formula, element)
                found = reads(tree, bound) if isinstance(tree, n.Node) else script_reads(tree, bound)
                node = self.node_of(formula, element)
                yield Site(element, node, found, where(formula), formula, formula.role == "postScript")
        for element in self.graph.elements:
            decision = self.subject.decisions.get(element.called_decision or "")
            if decision and element.kind == "businessRuleTask":
                bound = dict(self.knowledge.declarations.local(element))
                for what, found in table_reads(decision, bound):
                    yield Site(element, self.graph.begin(element), found, what)

    def reader_of(self, formula: Formula) -> Element | None:
        """The element that an expression belongs to; a condition belongs to where its flow leaves."""
        part = self.subject.part(formula.element)
        if isinstance(part, str):
            return None
        id = part.id if isinstance(part, Element) else part.source
        return self.graph.elements[self.graph.number[id]] if id in self.graph.number else None

    def node_of(self, formula: Formula, element: Element) -> int:
        """When an expression is read: at the beginning or end of its element; at an edge when its host begins."""
        if formula.role in ("timer", "correlationKey") and element.attached_to in self.graph.number:
            return 2 * self.graph.number[element.attached_to]
        after = formula.role in AFTER
        return self.graph.end(element) if after else self.graph.begin(element)

    def bound(self, formula: Formula, element: Element) -> dict[str, Path | None]:
        """The names of the instances around an expression."""
        bound = dict(self.knowledge.declarations.local(element, own=formula.role not in OUTSIDE))
        return {**bound, **dict.fromkeys(COUNTS)} if formula.role == "completion" else bound

    # One site

    def judged(self, site: Site, read: Read) -> Iterator[Finding]:
        """What is wrong with one read."""
        path: Path | None = read.path
        if read.within:
            path = self.in_filter(site, read)
        if path is None:
            return
        writers = self.knowledge.before(path[0], self.before_own(site))
        made = self.brought(site).get(path[0])
        if not writers and made is None and path[0] not in self.knowledge.declarations.inputs.names:
            yield from self.not_there(site, read, path)
            return
        shape = made or (self.knowledge.shape(path[0], writers) if writers else ANY)
        yield from self.members(site, read, path, shape)

    def before_own(self, site: Site) -> int:
        """The node up to which others have written: a script at the end does not read its own lines."""
        return site.node & ~1 if site.own else site.node

    def brought(self, site: Site) -> dict[str, Shape]:
        """What the element of a script has brought before the script runs."""
        return dict(self.knowledge.declarations.made(site.element).names) if site.own else {}

    def in_filter(self, site: Site, read: Read) -> Path | None:
        """The path of a name in a filter: a field of the items if they have it; nothing if that is not known."""
        for place in reversed(read.within):
            shape = self.at(site, place) if place else ANY
            if shape is None or shape.kind != "context" or shape.open:
                return None
            if read.path[0] in shape.members:
                return (*place, *read.path)
        return read.path

    def at(self, site: Site, path: Path) -> Shape | None:
        """What is known at a path."""
        writers = self.knowledge.before(path[0], site.node)
        shape: Shape | None = self.knowledge.shape(path[0], writers) if writers else ANY
        for step in path[1:]:
            shape = shape.step(step) if shape else None
        return shape

    def not_there(self, site: Site, read: Read, path: Path) -> Iterator[Finding]:
        """A name that nothing has written when it is read."""
        name, node = path[0], site.node
        everywhere = self.knowledge.writers.get(name, 0)
        if self.knowledge.surely_opened(node) or self.made_open(site) or (everywhere and self.knowledge.opened(node)):
            hint = near(name, self.knowledge.names)
            if hint and not everywhere and not read.asked and not read.knows(path[:1]):
                yield self.find("name-maybe-misspelt", site, read, name=name, hint=hint)
            return
        if not everywhere:
            hint = near(name, self.knowledge.names)
            yield from self.unknown(site, read, dotted(path), hint)
        elif read.asked or read.knows(path[:1]):
            return
        elif beside := everywhere & self.knowledge.concurrent[self.graph.elements[node >> 1].id]:
            yield self.find("read-in-parallel", site, read, name=name, writers=self.named(beside))
        else:
            yield self.find("name-not-written", site, read, name=name, writers=self.named(everywhere))

    def made_open(self, site: Site) -> bool:
        """Whether the element of a script may have brought names that nobody knows."""
        return site.own and self.knowledge.of(site.element).open

    def unknown(self, site: Site, read: Read, name: str, hint: str) -> Iterator[Finding]:
        """A name or member that nothing declares."""
        if read.asked:
            yield self.find("never-defined", site, read, name=name, hint=hint)
        elif not read.knows(read.path):
            yield self.find("unknown-name", site, read, name=name, hint=hint)

    def members(self, site: Site, read: Read, path: Path, shape: Shape) -> Iterator[Finding]:
        """Follow a path into what is known of its name."""
        known = [path[:1]]
        for length in range(2, len(path) + 1):
            if shape.personal or shape.kind == "any":
                break
            inner = shape.step(path[length - 1])
            if inner is None:
                if not self.knowledge.opened(site.node):
                    yield from self.unknown(site, read, dotted(path[:length]), near(path[length - 1], shape.members))
                return
            known += [path[:length]] if shape.kind == "context" and len(known) == length - 1 else []
            shape = inner
        else:
            length = len(path) + 1
        if shape.personal:
            yield from self.personal(site, read, path, length - 1)
        elif not read.asked and self.is_certain(site):
            yield from self.maybe_missing(site, read, known)

    def personal(self, site: Site, read: Read, path: Path, length: int) -> Iterator[Finding]:
        """A personal value may be asked for, and handed over alone."""
        role = site.formula.role if site.formula else ""
        handed_over = read.whole and length == len(path) and role in HANDED_OVER
        if not read.asked and not handed_over:
            yield self.find("reads-personal-data", site, read, name=dotted(path[:length]))

    def is_certain(self, site: Site) -> bool:
        """Whether an expression is always read when its place is got to: of a table, only the inputs are."""
        return site.formula is not None or site.what.startswith("input")

    def maybe_missing(self, site: Site, read: Read, known: list[Path]) -> Iterator[Finding]:
        """What is written on some ways only, or is an optional field."""
        name = known[0][0]
        inputs = self.knowledge.declarations.inputs.names
        if name in inputs or name in self.brought(site) or self.made_open(site):
            return
        for path in known:
            if not self.knowledge.surely(path, self.before_own(site)) and not read.knows(path):
                yield self.find("name-maybe-missing", site, read, name=dotted(path), when=self.when(path, site))
                return

    def when(self, path: Path, site: Site) -> Phrase:
        """When something is missing: on another way, or where a field was left empty."""
        writers = self.knowledge.before(path[0], self.before_own(site))
        optional = [element for element in self.knowledge.elements(writers) if element.form]
        if len(path) > 1 or (optional and len(optional) == writers.bit_count()):
            empty = self.subject.labels(optional or self.knowledge.elements(writers))
            return phrase("when {elements} leaves it empty", elements=empty)
        return phrase("unless {elements} came before", elements=self.named(writers))

    def named(self, elements: int) -> Phrase:
        """The elements of a set in a sentence."""
        return self.subject.labels(self.knowledge.elements(elements))

    def find(self, rule: str, site: Site, read: Read, **data: str) -> Finding:
        """A finding at the place where something is read."""
        if site.formula is None:
            return self.subject.find(rule, site.element, where=site.what, **data)
        return self.subject.find_in(rule, site.formula, place_of(site.formula.text, read.position), **data)


def table_reads(decision: feel.Decision, bound: Bound) -> Iterator[tuple[Phrase, list[Read]]]:
    """What the columns and rows of a decision table read."""
    for column in decision.inputs:
        what = phrase("input {column} of the table {table}", column=column.label, table=decision.name)
        yield what, reads(column.expression.tree, bound)
    for row in decision.rows:
        for cell in (*row.tests, *row.results):
            if cell is not None and (found := reads(cell.tree, bound)):
                yield phrase("row {row} of the table {table}", row=row.number, table=decision.name), found


def place_of(text: str, position: int) -> tuple[int, int]:
    """Line and column of a position in a text, both from 1."""
    before = text[:position]
    return before.count("\n") + 1, position - (before.rfind("\n") + 1) + 1


def dotted(path: Path) -> str:
    """A path as it is written."""
    return ".".join(step for step in path if step != ITEM)
