"""What the cells of a column answer to a value, for all rows at once: sets of rows are bits.

Cells that list values or ranges are put in order once, so that a value is looked up among all of them. The others are
asked one by one, and only as long as that is bearable.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from itertools import accumulate
from operator import xor
from typing import Any, TypeAlias

from .. import feel
from ..feel import nodes as n
from ..feel.limits import Budget
from ..feel.operators import negate
from ..feel.values import admit

TEMPORAL = frozenset({"date", "time", "date and time", "duration"})
ORDERED = (Decimal, str)
PLAIN = (*ORDERED, bool, type(None))
A_CALL = 5
MOST_ASKED = 600_000  # nodes, to which a call adds some
Cut: TypeAlias = tuple[Any, int]  # just before a value: 0, just after it: 1
SPANS: Mapping[str, tuple[int | None, int | None]] = {
    "<": (None, 0),
    "<=": (None, 1),
    ">": (1, None),
    ">=": (0, None),
}


class TooMuchToAsk(Exception):
    """The cells of a table have more to answer than can be tried."""


class Unlisted(Exception):
    """A test is more than a value, a list or a range that is written out."""


@dataclass(frozen=True, slots=True)
class Listed:
    """A cell of values and ranges; `kind` is that of its ranges, if it has any."""

    values: tuple[Any, ...]
    ranges: tuple[tuple[Cut | None, Cut | None], ...]
    written: tuple[Any, ...]  # all of it, in the order of the text
    kind: type | None
    negated: bool

    def turns(self) -> tuple[bool, list[Cut]]:
        """Whether the least of all values passes, and where the answer is another one from there on."""
        points = [((value, 0), (value, 1)) for value in self.values if type(value) is self.kind]
        spans = [one for one in (*self.ranges, *points) if one[0] is None or one[1] is None or one[0] < one[1]]
        steps: Counter[Cut] = Counter(low for low, _ in spans if low is not None)
        steps.subtract(high for _, high in spans if high is not None)
        within, found = sum(low is None for low, _ in spans), []
        begins = (within > 0) is not self.negated
        for cut in sorted(steps):
            if (within > 0) is not (within + steps[cut] > 0):
                found.append(cut)
            within += steps[cut]
        return begins, found


class Order:
    """The cells with ranges of one kind: the rows that pass from each turn on."""

    def __init__(self, cells: Iterable[tuple[Listed, int]]) -> None:
        first, turns = 0, dict[Cut, int]()
        for cell, bits in cells:
            begins, cuts = cell.turns()
            first ^= bits if begins else 0
            for cut in cuts:
                turns[cut] = turns.get(cut, 0) ^ bits
        self.cuts = sorted(turns)
        self.passing = list(accumulate((turns[cut] for cut in self.cuts), xor, initial=first))

    def at(self, value: Any) -> int:
        """The rows that let a value pass."""
        return self.passing[bisect_right(self.cuts, (value, 0))]


class Cells:
    """The cells of one column, each text once."""

    def __init__(self, tests: Iterable[feel.UnaryTests]) -> None:
        self.rows: dict[feel.UnaryTests, int] = {}
        for bit, test in enumerate(tests):
            self.rows[test] = self.rows.get(test, 0) | 1 << bit
        self.always = self.unknown = self.all = self.negated = 0
        self.holding: dict[tuple[type, Any], int] = {}
        ranges: dict[type, list[tuple[Listed, int]]] = {}
        self.asked: dict[type | None, list[tuple[feel.UnaryTests, int, int]]] = {}  # but for values of this kind
        for test, bits in self.rows.items():
            self.all |= bits
            cell = listed(test)
            if cell is not None and cell.kind is None:
                self._hold(cell, bits)
            elif is_anything(test):
                self.always |= bits
            elif not is_plain(test):
                self.unknown |= bits
            else:
                kind = cell.kind if cell else None
                self.asked.setdefault(kind, []).append((test, bits, A_CALL + n.size(test.tree)))
                if cell and kind:
                    ranges.setdefault(kind, []).append((cell, bits))
        self.orders = {kind: Order(cells) for kind, cells in ranges.items()}

    def _hold(self, cell: Listed, bits: int) -> None:
        self.negated |= bits if cell.negated else 0
        for key in {(type(value), value) for value in cell.values}:
            self.holding[key] = self.holding.get(key, 0) | bits

    def answers(self, value: Any, purse: Purse) -> tuple[int, int]:
        """The rows that surely let a value pass, and those that may; TooMuchToAsk where the purse is empty."""
        try:
            value = admit(value, Budget(purse.limits))
        except feel.ExpressionError:
            return self.always, self.all
        kind = type(value)
        sure = self.always | self.negated
        if kind in PLAIN:
            sure ^= self.holding.get((kind, value), 0)
        if kind in self.orders:
            sure |= self.orders[kind].at(value)
        maybe = sure | self.unknown
        for known, asked in self.asked.items():
            for test, bits, cost in asked if known is not kind else ():
                answer = purse.ask(test, value, cost)
                sure |= bits if answer is True else 0
                maybe |= bits if answer is not False else 0
        return sure, maybe


class Purse:
    """What asking the cells of a table one by one may cost together."""

    def __init__(self, limits: feel.Limits) -> None:
        self.limits, self.left = limits, MOST_ASKED

    def ask(self, test: feel.UnaryTests, value: Any, cost: int) -> bool | None:
        """Whether a cell lets a value pass; nothing if that fails."""
        self.left -= cost
        if self.left < 0:
            raise TooMuchToAsk
        try:
            return test.match(value, {})
        except feel.ExpressionError:
            return None


def is_anything(test: feel.UnaryTests) -> bool:
    """Whether a cell is empty, which lets everything pass."""
    return isinstance(test.tree, n.Literal) and test.tree.value is True


@lru_cache(maxsize=8192)
def is_plain(test: feel.UnaryTests) -> bool:
    """Whether a cell compares with what is written out."""
    return listed(test) is not None or _plain(test.tree)


def _plain(tree: n.Node) -> bool:
    if isinstance(tree, (n.Name, n.IsDefined, n.Condition)):
        return False
    if isinstance(tree, n.Call):
        return tree.function in TEMPORAL and all(isinstance(one, n.Literal) for one in tree.arguments)
    return all(map(_plain, n.children(tree)))


@lru_cache(maxsize=8192)
def listed(test: feel.UnaryTests) -> Listed | None:
    """A cell as values and ranges, if it is nothing else and its ranges are of one kind."""
    negated = isinstance(test.tree, n.Not)
    inner = test.tree.of if isinstance(test.tree, n.Not) else test.tree
    values, ranges, written = list[Any](), list[tuple[Cut | None, Cut | None]](), list[Any]()
    try:
        for one in inner.tests if isinstance(inner, n.AnyOf) else (inner,):
            wanted = one.wanted if isinstance(one, n.Matches) else one
            if isinstance(wanted, (n.Signed, n.RangeOf)):
                found, span = _range(wanted)
                ranges.append(span)
            elif wanted is one:
                return None
            else:
                found = tuple(map(_constant, wanted.items if isinstance(wanted, n.ListOf) else (wanted,)))
                values += found
            written += found
    except Unlisted:
        return None
    kinds = {type(cut[0]) for span in ranges for cut in span if cut is not None}
    if len(kinds) > 1 or not kinds <= {*ORDERED}:
        return None
    return Listed(tuple(values), tuple(ranges), tuple(written), next(iter(kinds), None), negated)


def _range(node: n.Signed | n.RangeOf) -> tuple[tuple[Any, ...], tuple[Cut | None, Cut | None]]:
    if isinstance(node, n.RangeOf):
        low, high = _constant(node.low), _constant(node.high)
        return (low, high), ((low, 0 if node.low_closed else 1), (high, 1 if node.high_closed else 0))
    if node.sign not in SPANS:
        raise Unlisted
    value = _constant(node.right)
    low, high = SPANS[node.sign]
    return (value,), (None if low is None else (value, low), None if high is None else (value, high))


def _constant(node: n.Node) -> Any:
    if isinstance(node, n.Literal) and type(node.value) in PLAIN:
        return node.value
    if isinstance(node, n.Negative) and isinstance(node.of, n.Literal) and type(node.of.value) is Decimal:
        return negate(node.of.value)
    raise Unlisted
