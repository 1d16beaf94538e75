"""A small FEEL: expressions, unary tests, scripts and decision tables over case data, all of them bounded."""

from .dmn import Decision, Outcome
from .dmn_read import Problem, read_decisions, read_problems, read_table_file
from .errors import DeadlineExceeded, ExpressionError, LimitExceeded, Unsupported
from .functions import BUILT_IN
from .host import host_function
from .language import DEFAULT, Expression, Language, compile_expression
from .limits import Budget, Limits, Purse
from .names import Names, free_names, script_names
from .script import Script, compile_script
from .signatures import Function
from .temporal import (
    Months,
    add_months,
    parse_date,
    parse_date_time,
    parse_duration,
    parse_repeating,
    parse_temporal,
    parse_time,
)
from .unary import UnaryTests, compile_unary_tests
from .values import Range, Value, admit, export, kind

__all__ = [
    "BUILT_IN",
    "DEFAULT",
    "Budget",
    "DeadlineExceeded",
    "Decision",
    "Expression",
    "ExpressionError",
    "Function",
    "Language",
    "LimitExceeded",
    "Limits",
    "Months",
    "Names",
    "Outcome",
    "Problem",
    "Purse",
    "Range",
    "Script",
    "UnaryTests",
    "Unsupported",
    "Value",
    "add_months",
    "admit",
    "compile_expression",
    "compile_script",
    "compile_unary_tests",
    "export",
    "free_names",
    "host_function",
    "kind",
    "parse_date",
    "parse_date_time",
    "parse_duration",
    "parse_repeating",
    "parse_temporal",
    "parse_time",
    "read_decisions",
    "read_problems",
    "read_table_file",
    "script_names",
]
