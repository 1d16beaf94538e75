"""Decision tables from a DMN file; what they use and we do not execute is refused by name."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import TypeAlias, TypeVar

from lxml import etree

from .dmn import Decision, Input, Output, Row
from .dmn_elements import below, check_language, child, feel_in, line_of, logic, text_in
from .dmn_types import SAMPLES, coercion, item_types, type_name
from .errors import ExpressionError, Unsupported
from .hits import Policy, policy_of, rank
from .language import DEFAULT, Expression, Language, compile_expression
from .names import constant
from .unary import UnaryTests, compile_unary_tests
from .values import Value

T = TypeVar("T")
Columns: TypeAlias = tuple[T, ...]
NULL, ANYTHING = compile_expression("null"), compile_unary_tests("-")
COLLECT = policy_of("COLLECT", None, ())


@dataclass(frozen=True, kw_only=True)
class Problem:
    """One thing that keeps a decision from being executed; `line` is that of the file, 0 if it is unknown."""

    decision: str  # its id
    element: str  # the id of the part: of a cell, an input, an output
    where: str  # the part in words: table, input Amount, row 2, input Amount
    message: str
    line: int
    error: ExpressionError


def read_decisions(
    root: etree._Element, language: Language = DEFAULT, names: frozenset[str] | None = None
) -> dict[str, Decision]:
    """The decision tables of a file by id; `names`, if given, are all that they may use. Raises the first problem."""
    found, problems = read_table_file(root, language, names)
    if problems:
        raise problems[0].error
    return found


def read_problems(
    root: etree._Element, language: Language = DEFAULT, names: frozenset[str] | None = None
) -> list[Problem]:
    """Everything in a file that keeps `read_decisions` from reading it."""
    return read_table_file(root, language, names)[1]


def read_table_file(
    root: etree._Element, language: Language = DEFAULT, names: frozenset[str] | None = None
) -> tuple[dict[str, Decision], list[Problem]]:
    """Both at once: the decisions, with something harmless where a problem is, and the problems."""
    reader = Reader(root, language, names)
    return reader.decisions(), reader.problems


class Reader:
    """What the tables of one file have in common, the decision that is being read, and what is wrong so far."""

    def __init__(self, root: etree._Element, language: Language, names: frozenset[str] | None) -> None:
        self.root, self.language, self.names, self.types = root, language, names, item_types(root)
        self.phrases = frozenset(name for data in below(root, "inputData") if " " in (name := data.get("name", "")))
        self.key = self.name = ""
        self.problems: list[Problem] = []

    def decisions(self) -> dict[str, Decision]:
        """The decisions by id; where something is wrong they have something harmless."""
        elements = below(self.root, "decision")
        self.attempt("file", self.root, lambda: check_language(self.root), None)
        if not elements:
            self.refuse("file", self.root, Unsupported("there is no decision in the file"))
        found: dict[str, Decision | None] = {}
        for element in elements:
            self.name = element.get("name") or element.get("id") or ""
            self.key = element.get("id") or self.name
            if self.key in found:
                self.refuse("table", element, ExpressionError(f"there are two decisions with the id {self.key}"))
            found[self.key] = self.attempt("table", element, partial(self.decision, element), None)
        return {key: decision for key, decision in found.items() if decision}

    def attempt(self, where: str, element: etree._Element, make: Callable[[], T], otherwise: T) -> T:
        """What is made; if that fails, a problem, and something harmless so that reading goes on."""
        try:
            return make()
        except ExpressionError as error:
            self.refuse(where, element, error)
            return otherwise

    def refuse(self, where: str, element: etree._Element, error: ExpressionError) -> None:
        """Note a problem at an element."""
        message, line = str(error), line_of(element, error)
        error.within(f'decision "{self.name}", {where}' if self.key else where)
        id = element.get("id", "")
        problem = Problem(decision=self.key, element=id, where=where, message=message, line=line, error=error)
        self.problems.append(problem)

    def decision(self, element: etree._Element) -> Decision:
        """One decision, which must be a table."""
        table = logic(element)
        inputs = tuple(map(self.input, below(table, "input")))
        shared = table.get("typeRef") or next((v.get("typeRef") for v in below(element, "variable")), None)
        columns = below(table, "output")
        outputs = tuple(self.output(column, shared if len(columns) == 1 else None) for column in columns)
        policy = self.attempt("table", table, lambda: policy_for(table, outputs), COLLECT)
        rows = [self.row(n, rule, inputs, outputs, policy) for n, rule in enumerate(below(table, "rule"), 1)]
        return Decision(self.key, self.name, policy, inputs, outputs, tuple(filter(None, rows)), self.language.limits)

    def input(self, element: etree._Element) -> Input:
        """A column of conditions."""
        taken, allowed = child(element, "inputExpression"), child(element, "inputValues")
        label = element.get("label") or text_in(taken)
        where, declared = f"input {label}", type_name(taken.get("typeRef"), self.types)
        expression = self.attempt(where, taken, lambda: self.expression(feel_in(taken)), NULL)
        among = self.attempt(where, allowed, lambda: self.tests(feel_in(allowed)), ANYTHING)
        return Input(label, expression, among, declared, coercion(declared))

    def output(self, element: etree._Element, shared: str | None) -> Output:
        """A column of results; a single one may have its type from the table or the decision."""
        name = element.get("name") or element.get("label") or self.name
        values, default = child(element, "outputValues"), child(element, "defaultOutputEntry")
        coerce = coercion(type_name(element.get("typeRef") or shared, self.types))
        ranking = self.attempt(f"output {name}", values, lambda: tuple(map(coerce, self.listed(feel_in(values)))), ())
        column = Output(name, coerce, ranking, None, element.get("label") or "")
        result = self.attempt(f"default of {name}", default, lambda: self.result(default, column, COLLECT), None)
        return replace(column, default=result)

    def row(
        self, number: int, element: etree._Element, inputs: Columns[Input], outputs: Columns[Output], policy: Policy
    ) -> Row | None:
        """A rule with a cell for each column."""
        cells, results = below(element, "inputEntry"), below(element, "outputEntry")
        if (len(cells), len(results)) != (len(inputs), len(outputs)):
            self.refuse(f"row {number}", element, ExpressionError("there is not one cell for each column"))
            return None
        tests = tuple(
            self.attempt(f"row {number}, input {column.label}", cell, partial(self.condition, cell, column), ANYTHING)
            for column, cell in zip(inputs, cells, strict=True)
        )
        expressions = tuple(
            self.attempt(f"row {number}, output {column.name}", cell, partial(self.result, cell, column, policy), None)
            for column, cell in zip(outputs, results, strict=True)
        )
        return Row(number, element.get("id", ""), tests, expressions)

    def condition(self, cell: etree._Element, column: Input) -> UnaryTests:
        """A cell of conditions; one that fails for every value of the column's type is refused."""
        tests = self.tests(feel_in(cell))
        if column.type in SAMPLES and constant(tests.tree):
            tests.match(SAMPLES[column.type], {})
        return tests

    def result(self, cell: etree._Element, column: Output, policy: Policy) -> Expression | None:
        """A cell of results, which may be empty; a constant must be what its column promises."""
        text = feel_in(cell)
        expression = self.expression(text) if text else None
        if expression and constant(expression.tree):
            value = column.coerce(expression.evaluate({}))
            if policy.ranked and column.ranking:
                rank(value, column)
        return expression

    def expression(self, text: str) -> Expression:
        """An expression that may use the names of the data."""
        return compile_expression(text, self.language, self.names, self.phrases)

    def tests(self, text: str) -> UnaryTests:
        """Tests that may use the names of the data."""
        return compile_unary_tests(text, self.language, self.names, self.phrases)

    def listed(self, text: str) -> list[Value]:
        """The values of a list like "a", "b"; they may not depend on data."""
        return list(compile_expression(f"[{text}]", self.language, frozenset()).evaluate({})) if text else []


def policy_for(table: etree._Element, outputs: tuple[Output, ...]) -> Policy:
    """The hit policy of a table, which must fit its outputs."""
    if not outputs:
        raise Unsupported("a decision table needs an output")
    if len({output.name for output in outputs}) < len(outputs):
        raise Unsupported("two outputs have the same name")
    return policy_of(table.get("hitPolicy", "UNIQUE"), table.get("aggregation"), outputs)
