"""Expressions: every one of the file is compiled once, and what cannot be read is found."""

from __future__ import annotations

from collections.abc import Iterator

from .. import feel
from ..diagram import Diagram, Formula
from ..feel.nodes import Assignment, Node
from ..model import Finding
from .subject import Subject

Trees = dict[Formula, Node | tuple[Assignment, ...]]


def compile_all(diagram: Diagram, language: feel.Language) -> Trees:
    """The trees of the expressions and scripts that can be read."""
    found: Trees = {}
    for formula in diagram.formulas:
        try:
            found[formula] = tree_of(formula, language)
        except feel.ExpressionError:
            continue
    return found


def tree_of(formula: Formula, language: feel.Language) -> Node | tuple[Assignment, ...]:
    """The tree of an expression, or the lines of a script; ExpressionError where it cannot be read."""
    if formula.is_script:
        return feel.compile_script(formula.text, language).tree
    return feel.compile_expression(formula.text, language).tree


def check_syntax(subject: Subject) -> Iterator[Finding]:
    """Expressions and scripts that cannot be read."""
    for formula in subject.diagram.formulas:
        if formula not in subject.trees:
            try:
                tree_of(formula, subject.installation.language)
            except feel.ExpressionError as error:
                yield subject.find_in("expression-syntax", formula, (error.line, error.column), why=error.message)
