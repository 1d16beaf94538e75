"""What is different between two files of decision tables, row by row and cell by cell, and both beside each other."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from engine.xml import parse_xml

from ..language import Words, noop
from .matching import Row, matched
from .parts import ADDED, CHANGED, MOVED, REMOVED, Difference, Say, compared

if TYPE_CHECKING:
    from lxml import etree

MOST_COLUMNS = 50
ASKS, GIVES = noop("asks in “%(column)s” for"), noop("gives as “%(column)s”")


@dataclass(frozen=True, kw_only=True)
class Column:
    """A column of a table: what it is called, and what is said of it."""

    id: str
    label: str
    facts: Mapping[str, str]
    asks: bool


@dataclass(frozen=True, kw_only=True)
class Rule:
    """A row of a table: its number from 1, its id, its cells by column."""

    number: int
    id: str
    cells: tuple[str, ...]
    description: str


@dataclass(frozen=True, kw_only=True)
class Table:
    """A decision table as its file has it."""

    id: str
    name: str
    policy: str
    columns: tuple[Column, ...]
    rules: tuple[Rule, ...]


@dataclass(frozen=True, kw_only=True)
class Cell:
    """A cell on one side of a comparison, and whether it is the same on the other."""

    text: str
    mark: str = ""
    first_result: bool = False


@dataclass(frozen=True, kw_only=True)
class Line:
    """A row of a comparison on one side; a number of 0 is a gap."""

    number: int
    mark: str = ""
    cells: tuple[Cell, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Side:
    """One side of a comparison: the heads of the columns, and the rows, which stand beside those of the other side."""

    id: str
    name: str
    policy: str
    columns: tuple[Cell, ...]
    lines: tuple[Line, ...]


def tables(body: bytes | None) -> dict[str, Table]:
    """The tables of a file by the id of their decision; MalformedXml where it cannot be read."""
    if body is None:
        return {}
    decisions = parse_xml(body).iter("{*}decision")
    found = [(one, one.find("{*}decisionTable")) for one in decisions]
    return {one.get("id", ""): _table(one, table) for one, table in found if table is not None}


def differences(path: str, before: bytes, after: bytes, words: Words, say: Say) -> Iterator[Difference]:
    """The differences between two files of tables."""
    old, new = tables(before), tables(after)
    for id in dict.fromkeys([*new, *old]):
        if id not in old or id not in new:
            one, kind = (new[id], ADDED) if id not in old else (old[id], REMOVED)
            yield Difference(kind=kind, what=_called(one, words, say), file=path, place=id)
        else:
            yield from _Both(old=old[id], new=new[id], path=path, words=words, say=say).told()


def sides(before: bytes | None, after: bytes | None) -> list[tuple[Side | None, Side | None]]:
    """The tables of both files beside each other, those that are the same left out."""
    old, new = tables(before), tables(after)
    found: list[tuple[Side | None, Side | None]] = []
    for id in dict.fromkeys([*new, *old]):
        one, other = old.get(id), new.get(id)
        if one != other:
            found.append(_both(one, other))
    return found


def _called(table: Table, words: Words, say: Say) -> str:
    return words("Table “%(name)s”", name=say(table.name))


@dataclass(frozen=True, kw_only=True)
class _Both:
    """One table on both sides, and what is said of it."""

    old: Table
    new: Table
    path: str
    words: Words
    say: Say

    def told(self) -> Iterator[Difference]:
        """All differences: of the table, of its columns, of its rows."""
        old, new, where = self.old, self.new, {"file": self.path, "place": self.new.id}
        sides = ({"name": one.name, "policy": one.policy} for one in (old, new))
        yield from compared(*sides, self.what, self.words, **where)
        columns = _columns(old, new)
        for o, n in columns:
            column = new.columns[n] if n is not None else old.columns[o or 0]
            what = self.words("%(table)s: column “%(column)s”", table=self.what, column=self.say(column.label))
            if o is None or n is None:
                yield Difference(kind=ADDED if o is None else REMOVED, what=what, **where)
            else:
                yield from compared(old.columns[o].facts, new.columns[n].facts, what, self.words, **where)
        yield from self.rows([(o, n) for o, n in columns if o is not None and n is not None])

    @property
    def what(self) -> str:
        return _called(self.new, self.words, self.say)

    def rows(self, common: Sequence[tuple[int, int]]) -> Iterator[Difference]:
        old, new, last = self.old, self.new, -1
        for o, n in _rules(old, new, common):
            number = new.rules[n].number if n is not None else old.rules[o or 0].number
            row = self.words("%(table)s: row %(n)s", table=self.what, n=number)
            at = {"file": self.path, "place": f"{new.id} {'−' if n is None else ''}{number}"}
            if n is None:
                yield Difference(kind=REMOVED, what=row, before=_written(old, o or 0), **at)
            elif o is None:
                yield Difference(kind=ADDED, what=row, after=_written(new, n), **at)
            else:
                if o < last:
                    was = self.words("was row %(n)s", n=old.rules[o].number)
                    yield Difference(kind=MOVED, what=row, said=was, **at)
                last = max(last, o)
                yield from self.cells(old.rules[o], new.rules[n], common, row, at)

    def cells(
        self, old: Rule, new: Rule, common: Sequence[tuple[int, int]], row: str, at: Mapping[str, str]
    ) -> Iterator[Difference]:
        for o, n in common:
            if old.cells[o] != new.cells[n]:
                column = self.new.columns[n]
                said = self.words(ASKS if column.asks else GIVES, column=self.say(column.label))
                yield Difference(kind=CHANGED, what=row, said=said, before=old.cells[o], after=new.cells[n], **at)
        sides = ({"description": one.description} for one in (old, new))
        yield from compared(*sides, row, self.words, **at)


def _written(table: Table, row: int) -> str:
    """A row as one line."""
    cells = table.rules[row].cells
    asks = [cell or "-" for cell, column in zip(cells, table.columns, strict=True) if column.asks]
    gives = [cell or "-" for cell, column in zip(cells, table.columns, strict=True) if not column.asks]
    return f"{' | '.join(asks)} → {' | '.join(gives)}"


def _columns(old: Table, new: Table) -> list[tuple[int | None, int | None]]:
    """Which column is which: by its id, else by what it reads or is called; in the order of the new table."""
    free = dict(enumerate(old.columns))
    pairs: dict[int, int] = {}
    for same in (_same_id, _same_name):
        for n, column in enumerate(new.columns):
            if n not in pairs:
                o = next((o for o, one in free.items() if same(one, column)), None)
                if o is not None:
                    pairs[n] = o
                    del free[o]
    found: list[tuple[int | None, int | None]] = [(pairs.get(n), n) for n in range(len(new.columns))]
    return [*found, *((o, None) for o in free)]


def _same_id(one: Column, other: Column) -> bool:
    return bool(one.id) and one.id == other.id and one.asks == other.asks


def _same_name(one: Column, other: Column) -> bool:
    return one.asks == other.asks and (one.label == other.label or one.facts == other.facts)


def _rules(old: Table, new: Table, common: Sequence[tuple[int, int]]) -> list[tuple[int | None, int | None]]:
    """Which row is which, by the columns that both tables have."""
    asks = [new.columns[n].asks for _, n in common]
    return matched(
        [_row(rule, [rule.cells[o] for o, _ in common], asks) for rule in old.rules],
        [_row(rule, [rule.cells[n] for _, n in common], asks) for rule in new.rules],
    )


def _row(rule: Rule, cells: Sequence[str], asks: Sequence[bool]) -> Row:
    wanted = tuple(cell for cell, asked in zip(cells, asks, strict=True) if asked)
    return Row(name=rule.id, asks=wanted, cells=tuple(cells))


def _table(decision: etree._Element, drawn: etree._Element) -> Table:
    inputs = [_input(one) for one in drawn.iterfind("{*}input")][:MOST_COLUMNS]
    outputs = [_output(one) for one in drawn.iterfind("{*}output")][:MOST_COLUMNS]
    policy = " ".join(filter(None, (drawn.get("hitPolicy", "UNIQUE"), drawn.get("aggregation", ""))))
    rules = [_rule(number, one, len(inputs), len(outputs)) for number, one in enumerate(drawn.iterfind("{*}rule"), 1)]
    name = decision.get("name") or decision.get("id", "")
    return Table(id=decision.get("id", ""), name=name, policy=policy, columns=(*inputs, *outputs), rules=tuple(rules))


def _input(one: etree._Element) -> Column:
    expression = one.find("{*}inputExpression")
    facts = {
        "label": one.get("label", ""),
        "expression": _text(one, "{*}inputExpression/{*}text"),
        "type": expression.get("typeRef", "") if expression is not None else "",
        "values": _text(one, "{*}inputValues/{*}text"),
    }
    return Column(id=one.get("id", ""), label=facts["label"] or facts["expression"], facts=_said(facts), asks=True)


def _output(one: etree._Element) -> Column:
    facts = {
        "name": one.get("name", ""),
        "label": one.get("label", ""),
        "type": one.get("typeRef", ""),
        "values": _text(one, "{*}outputValues/{*}text"),
        "otherwise": _text(one, "{*}defaultOutputEntry/{*}text"),
    }
    return Column(id=one.get("id", ""), label=facts["label"] or facts["name"], facts=_said(facts), asks=False)


def _said(facts: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in facts.items() if value}


def _rule(number: int, rule: etree._Element, asks: int, gives: int) -> Rule:
    """A row with a cell for each column, whatever the file has."""
    cells = [_text(one, "{*}text") for one in rule.iterfind("{*}inputEntry")][:asks]
    results = [_text(one, "{*}text") for one in rule.iterfind("{*}outputEntry")][:gives]
    cells += [""] * (asks - len(cells))
    results += [""] * (gives - len(results))
    description = _text(rule, "{*}description")
    return Rule(number=number, id=rule.get("id", ""), cells=(*cells, *results), description=description)


def _text(element: etree._Element, path: str) -> str:
    found = element.find(path)
    text = "" if found is None else (found.text or "").strip()
    return "" if text == "-" else text


def _both(old: Table | None, new: Table | None) -> tuple[Side | None, Side | None]:
    """Both sides of one table; a table that is only there once stands alone."""
    if old is None or new is None:
        one, mark = (new, ADDED) if new is not None else (old, REMOVED)
        assert one is not None
        lines = tuple(_line(one, row, mark, {}) for row in range(len(one.rules)))
        side = Side(id=one.id, name=one.name, policy=one.policy, columns=_heads(one, {}), lines=lines)
        return (None, side) if new is not None else (side, None)
    columns = _columns(old, new)
    common = [(o, n) for o, n in columns if o is not None and n is not None]
    pairs = _rules(old, new, common)
    alone = {n: ADDED for o, n in columns if o is None and n is not None}
    gone = {o: REMOVED for o, n in columns if n is None and o is not None}
    changed = {pair: _changed(old, new, pair, common) for pair in pairs}
    lines = [_lines(old, new, pair, changed[pair], gone, alone) for pair in pairs]
    heads = {o: CHANGED for o, n in common if old.columns[o].facts != new.columns[n].facts}
    after = {n: CHANGED for o, n in common if o in heads}
    return (
        Side(
            id=old.id,
            name=old.name,
            policy=old.policy,
            columns=_heads(old, gone | heads),
            lines=tuple(one for one, _ in lines),
        ),
        Side(
            id=new.id,
            name=new.name,
            policy=new.policy,
            columns=_heads(new, alone | after),
            lines=tuple(one for _, one in lines),
        ),
    )


def _changed(old: Table, new: Table, pair: Any, common: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """The cells of a pair of rows that are not the same."""
    o, n = pair
    if o is None or n is None:
        return []
    return [(a, b) for a, b in common if old.rules[o].cells[a] != new.rules[n].cells[b]]


def _lines(
    old: Table, new: Table, pair: Any, changed: list[tuple[int, int]], gone: dict[int, str], alone: dict[int, str]
) -> tuple[Line, Line]:
    o, n = pair
    if o is None:
        return Line(number=0), _line(new, n, ADDED, {})
    if n is None:
        return _line(old, o, REMOVED, {}), Line(number=0)
    before = gone | {a: CHANGED for a, _ in changed}
    after = alone | {b: CHANGED for _, b in changed}
    return _line(old, o, CHANGED if changed else "", before), _line(new, n, CHANGED if changed else "", after)


def _line(table: Table, row: int, mark: str, marks: Mapping[int, str]) -> Line:
    rule = table.rules[row]
    cells = (_cell(table, n, text or "-", marks.get(n, "")) for n, text in enumerate(rule.cells))
    return Line(number=rule.number, mark=mark, cells=tuple(cells))


def _heads(table: Table, marks: Mapping[int, str]) -> tuple[Cell, ...]:
    return tuple(_cell(table, n, column.label, marks.get(n, "")) for n, column in enumerate(table.columns))


def _cell(table: Table, n: int, text: str, mark: str) -> Cell:
    first = not table.columns[n].asks and (n == 0 or table.columns[n - 1].asks)
    return Cell(text=text, mark=mark, first_result=first)
