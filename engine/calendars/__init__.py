"""Working days, trading days, and when a term that begins now is over; deterministic, from data alone."""

from .calendar import Calendars, Due, default
from .days import UnknownYear
from .functions import functions, parameters_function
from .terms import Term, TermLike, parse_term

__all__ = [
    "Calendars",
    "Due",
    "Term",
    "TermLike",
    "UnknownYear",
    "default",
    "functions",
    "parameters_function",
    "parse_term",
]
