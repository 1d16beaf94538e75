"""Values that tell the rows of a decision table apart: for each column one for every way that its cells can answer.

The cells of a column cut what it can be into pieces: one value of each piece stands for all of it. What a cell answers
without the data is sure, what it asks of the data is possible either way.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import reduce
from itertools import chain, islice, pairwise
from operator import and_
from typing import Any

from .. import feel
from ..feel import nodes as n
from ..feel.compile import Compiler
from ..feel.dmn import Input
from ..feel.frame import Frame
from .cells import Cells, Purse, TooMuchToAsk, is_plain, listed
from .phrases import Phrase, phrase
from .reading import reads

COUNTING = frozenset({"count", "string length", "len"})
WHOLE = frozenset({"integer", "long"})
MOST_VALUES = 20_000  # that are tried in one column
NEAR: Mapping[type, timedelta] = {
    date: timedelta(days=1),
    datetime: timedelta(seconds=1),
    timedelta: timedelta(seconds=1),
}


@dataclass(frozen=True, slots=True)
class Sample:
    """A value of a column; `open` where nobody knows whether the column is ever anything like it."""

    column: int
    value: Any
    open: bool
    sure: int  # the rows whose cells let it pass, as bits
    maybe: int  # those that may, which the sure ones are among


def samples(
    decision: feel.Decision, domains: Mapping[str, Collection[Any]], language: feel.Language
) -> list[list[Sample]]:
    """The samples of each column; columns that ask for the same are one. TooMuchToAsk where they are too many."""
    groups: dict[str, list[int]] = {}
    for number, column in enumerate(decision.inputs):
        groups.setdefault(column.expression.source, []).append(number)
    purse = Purse(language.limits)
    found = [_told_apart(decision, columns, domains, language, purse) for columns in groups.values()]
    paths = [{one.path for one in reads(decision.inputs[numbers[0]].expression.tree)} for numbers in groups.values()]
    for number, own in enumerate(paths):
        if any(own & other for place, other in enumerate(paths) if place != number):
            found[number] = [
                replace(sample, open=True) for sample in found[number]
            ]  # one fact twice: not all go together
    return sorted(found, key=lambda column: any(sample.open for sample in column))


def called(decision: feel.Decision, sample: Sample) -> Phrase:
    """A sample in a sentence."""
    return phrase("{column} is {value}", column=decision.inputs[sample.column].label, value=_said(sample.value))


def _said(value: Any) -> str:
    if isinstance(value, str):
        return f'"{value}"'
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    return str(value).lower() if isinstance(value, bool) or value is not None else "null"


def _told_apart(
    decision: feel.Decision,
    columns: list[int],
    domains: Mapping[str, Collection[Any]],
    language: feel.Language,
    purse: Purse,
) -> list[Sample]:
    first = decision.inputs[columns[0]]
    tests = [first.allowed, *(row.tests[number] for row in decision.rows for number in columns)]
    values = list(islice(_values(first, list(dict.fromkeys(tests)), domains, language), MOST_VALUES + 1))
    if len(values) > MOST_VALUES:
        raise TooMuchToAsk
    among, cells = Cells([first.allowed]), [Cells(row.tests[column] for row in decision.rows) for column in columns]
    allowed = [(value, open) for value, open in values if value is None or among.answers(value, purse)[1]]
    found: dict[tuple[int, int, bool], Sample] = {}
    for value, open in allowed or [(None, True)]:
        answers = [one.answers(value, purse) for one in cells]
        sure, maybe = (reduce(and_, rows) for rows in zip(*answers, strict=True))
        found.setdefault((sure, maybe, open), Sample(columns[0], value, open, sure, maybe))
    return list(found.values())


def _values(
    column: Input, tests: list[feel.UnaryTests], domains: Mapping[str, Collection[Any]], language: feel.Language
) -> Iterator[tuple[Any, bool]]:
    """The values to try, and whether nobody knows that they occur."""
    written = list(dict.fromkeys(chain.from_iterable(_written(test, language) for test in tests)))
    if len(written) > MOST_VALUES:
        raise TooMuchToAsk
    known = domains.get(column.expression.source)
    if known is not None:
        yield from ((value, False) for value in known)
        yield from ((value, True) for value in written if value not in known)  # of those the kinds know to say more
        return
    if column.type == "boolean" or any(type(value) is bool for value in written):
        yield from ((value, False) for value in (True, False))
    bounds = set(chain.from_iterable(_bounds(test, language) for test in tests))
    for kind in dict.fromkeys(map(type, written)):
        yield from _of_kind([value for value in written if type(value) is kind], kind, column, bounds)
    yield None, True


def _of_kind(written: list[Any], kind: type, column: Any, bounds: Collection[Any]) -> Iterator[tuple[Any, bool]]:
    """The values that are written out, and those before, between and after them."""
    if kind is bool or kind is type(None):
        return
    yield from ((value, False) for value in written)
    if kind is str:
        yield next(text for text in ("other", "other ", "other  ") if text not in written), True
    elif kind is Decimal:
        yield from _numbers(sorted(written), column, bounds)
    elif kind in NEAR:
        for value in written:
            yield from ((value + NEAR[kind], False), (value - NEAR[kind], False))
    elif kind is time:
        for value in written:
            moment = datetime.combine(date(2000, 1, 2), value)
            yield from (((moment + timedelta(seconds=by)).timetz(), False) for by in (1, -1))


def _numbers(written: list[Decimal], column: Any, bounds: Collection[Any]) -> Iterator[tuple[Any, bool]]:
    tree = column.expression.tree
    counted = isinstance(tree, n.Call) and tree.function in COUNTING
    whole = counted or column.type in WHOLE
    for low, high in pairwise(written):
        if high - low > 1 and low == int(low):
            yield low + 1, False
        elif not whole:
            yield (low + high) / 2, low not in bounds and high not in bounds
    yield written[-1] + 1, written[-1] not in bounds
    below = written[0] - 1
    if not counted or below >= 0:
        yield below, written[0] not in bounds or below < 0 <= written[0]


def _written(test: feel.UnaryTests, language: feel.Language) -> Iterator[Any]:
    """The values that a plain test compares with; one that is a literal itself lets everything pass."""
    if (cell := listed(test)) is not None:
        yield from cell.written
    elif is_plain(test) and not isinstance(test.tree, n.Literal):
        todo = [*n.children(test.tree)][::-1]
        while todo:
            node = todo.pop()
            if isinstance(node, (n.Literal, n.Negative, n.Call)):
                yield _value(node, language)
            else:
                todo += [*n.children(node)][::-1]


def _bounds(test: feel.UnaryTests, language: feel.Language) -> Iterator[Any]:
    """The values that something is said to be below or above of."""
    if (cell := listed(test)) is not None:
        yield from (cut[0] for span in cell.ranges for cut in span if cut is not None)
        return
    todo = [test.tree]
    while todo:
        node = todo.pop()
        if isinstance(node, n.Signed) and node.sign in ("<", "<=", ">", ">="):
            yield _value(node.right, language)
        elif isinstance(node, n.RangeOf):
            yield from (_value(node.low, language), _value(node.high, language))
        todo += n.children(node)


def _value(node: n.Node, language: feel.Language) -> Any:
    try:
        value = Compiler(language.limits, language.functions, None).build(node)(Frame({}, language.limits))
        hash(value)
    except (feel.ExpressionError, TypeError):
        return None
    return value
