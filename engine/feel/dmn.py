"""Decision tables, compiled, and their evaluation."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from .dmn_types import Coerce
from .errors import ExpressionError
from .frame import Frame
from .hits import Hit, Policy
from .language import Expression
from .limits import Limits
from .names import Names, free_names
from .unary import UnaryTests
from .values import Value


@dataclass(frozen=True, eq=False)
class Input:
    """A column of conditions."""

    label: str
    expression: Expression
    allowed: UnaryTests
    type: str
    coerce: Coerce


@dataclass(frozen=True, eq=False)
class Output:
    """A column of results; `ranking` is the order of its values, best first, if the table lists them."""

    name: str
    coerce: Coerce
    ranking: tuple[Value, ...]
    default: Expression | None
    label: str = ""


@dataclass(frozen=True, eq=False)
class Row:
    """A rule, with its number from 1."""

    number: int
    id: str
    tests: tuple[UnaryTests, ...]
    results: tuple[Expression | None, ...]


@dataclass(frozen=True)
class Outcome:
    """The value of a decision and the numbers and ids of the rows that hit, for the audit trail."""

    value: Value
    rows: tuple[int, ...]
    ids: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Decision:
    """A compiled decision table."""

    id: str
    name: str
    policy: Policy
    inputs: tuple[Input, ...]
    outputs: tuple[Output, ...]
    rows: tuple[Row, ...]
    limits: Limits

    def names(self) -> Names:
        """The names that the decision takes from the data."""
        trees = [tree for column in self.inputs for tree in (column.expression.tree, column.allowed.tree)]
        trees += [column.default.tree for column in self.outputs if column.default]
        trees += [cell.tree for row in self.rows for cell in (*row.tests, *row.results) if cell]
        return free_names(*trees)

    def evaluate(self, data: Mapping[str, Any], now: datetime | None = None, limits: Limits | None = None) -> Outcome:
        """The outcome over case data: one fuel for the whole table."""
        frame = Frame(data, limits or self.limits, now)
        values = [self._taken(column, frame) for column in self.inputs]
        hits = []
        for row in self.rows:
            if self._hit(row, values, frame):
                hits.append(Hit(row.number, row.id, self._results(row, frame)))
                if self.policy.first_only:
                    break
        with located(self.name, "hit policy"):
            chosen, value = self.policy.decide(hits, self.outputs)
        if not hits:
            value = self.policy.nothing(self._default(frame))
        return Outcome(value, tuple(hit.number for hit in chosen), tuple(hit.id for hit in chosen))

    def asked(self, data: Mapping[str, Any], now: datetime | None = None, limits: Limits | None = None) -> list[Value]:
        """What the table is asked with over case data: the value of every input, in their order."""
        frame = Frame(data, limits or self.limits, now)
        return [self._taken(column, frame) for column in self.inputs]

    def _taken(self, column: Input, frame: Frame) -> Value:
        """The value of an input, of the declared type and among the allowed values."""
        with located(self.name, f"input {column.label}"):
            value = column.coerce(column.expression.evaluate_in(frame))
            if value is not None and not column.allowed.match_in(frame, value):
                raise ExpressionError(f"the value is not among the allowed values {column.allowed.source}")
            return value

    def _hit(self, row: Row, values: list[Value], frame: Frame) -> bool:
        """Whether all cells of a row let their values pass."""
        for column, test, value in zip(self.inputs, row.tests, values, strict=True):
            try:
                if not test.match_in(frame, value):
                    return False
            except ExpressionError as error:
                raise error.within(f'decision "{self.name}", row {row.number}, input {column.label}') from None
        return True

    def _results(self, row: Row, frame: Frame) -> dict[str, Value]:
        """The results of a row by output; an empty cell gives null."""
        found = {}
        for column, cell in zip(self.outputs, row.results, strict=True):
            with located(self.name, f"row {row.number}, output {column.name}"):
                found[column.name] = column.coerce(cell.evaluate_in(frame)) if cell else None
        return found

    def _default(self, frame: Frame) -> dict[str, Value] | None:
        """What holds when no row hits, if the table says it."""
        if all(column.default is None for column in self.outputs):
            return None
        found = {}
        for column in self.outputs:
            with located(self.name, f"default of {column.name}"):
                found[column.name] = column.coerce(column.default.evaluate_in(frame)) if column.default else None
        return found


@contextmanager
def located(decision: str, where: str) -> Iterator[None]:
    """Say in each error where in the table it happened."""
    try:
        yield
    except ExpressionError as error:
        raise error.within(f'decision "{decision}", {where}') from None
